// Sorts what readers write to a library: node desk.mjs "May I keep my book longer?", or a file of messages, a line each, on standard input.
import { readFileSync } from "node:fs";

const prompt = `You sort what readers write to a library. Choose one desk:

- loans: borrowing, returning, a book that is due
- events: readings, courses, tickets
- lost: something left behind, an umbrella, a jacket

If you are unsure, choose loans.

Answer with one JSON object and nothing else:

{"desk": "<desk>"}
`;

async function ask(message, conversation) {
  const response = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "content-type": "application/json", "x-slipway-unit": conversation },
    body: JSON.stringify({
      model: "offline/offline-2026-11",
      messages: [
        { role: "system", content: prompt },
        { role: "user", content: message },
      ],
    }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer.choices[0].message.content;
}

const messages = process.argv.length > 2 ? process.argv.slice(2) : readFileSync(0, "utf8").trim().split("\n");
for (const message of messages) console.log(await ask(message, crypto.randomUUID()));
