// What npm's openai client sees of a server: node openai.mjs SCENARIO, with the server in SLIPWAY_URL and a key in SLIPWAY_KEY.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.env.SLIPWAY_URL}v1`, apiKey: process.env.SLIPWAY_KEY, maxRetries: 0 });
const variables = { library: "city" };
const agent = { model: "slipway/agent", prompt: { variables } };
const hosted = { prompt: { id: "agent", version: "1.0.0", variables } };
const question = [{ role: "user", content: "Where is Emma?" }];

const failure = async (promise) => {
  try {
    await promise;
    return "no error";
  } catch (error) {
    return { kind: error.constructor.name, status: error.status, code: error.code, param: error.param, type: error.type };
  }
};

const read = async (stream, take) => {
  try {
    for await (const event of stream) take(event);
    return "complete";
  } catch (error) {
    return error.constructor.name;
  }
};

const scenarios = {
  async chat() {
    const { data, response } = await client.chat.completions.create({ ...agent, messages: question }).withResponse();
    return { content: data.choices[0].message.content, finish: data.choices[0].finish_reason, tokens: data.usage.total_tokens, version: response.headers.get("x-slipway-version") };
  },

  async chatStream() {
    let content = "", finish, tokens;
    const stream = await client.chat.completions.create({ ...agent, messages: question, stream: true, stream_options: { include_usage: true } });
    const end = await read(stream, (chunk) => {
      content += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      tokens = chunk.usage?.total_tokens ?? tokens;
    });
    return { content, finish, tokens, end };
  },

  async chatTools() {
    const first = await client.chat.completions.create({ ...agent, messages: question });
    const message = first.choices[0].message;
    const second = await client.chat.completions.create({ ...agent, messages: [...question, message, { role: "tool", tool_call_id: message.tool_calls[0].id, content: "Shelf 3" }] });
    return { finish: first.choices[0].finish_reason, call: message.tool_calls[0].function, second: second.choices[0].finish_reason };
  },

  async responses() {
    const response = await client.responses.create({ ...hosted, input: "Where is Emma?", store: true });
    return { text: response.output_text, status: response.status, prompt: response.prompt, tokens: response.usage.total_tokens, tools: response.tools.map((tool) => tool.name) };
  },

  async responsesStream() {
    const types = [], numbers = [];
    const stream = client.responses.stream({ ...hosted, input: question });
    stream.on("event", (event) => {
      types.push(event.type);
      numbers.push(event.sequence_number);
    });
    const response = await stream.finalResponse();
    return { types: [...new Set(types)], rising: numbers.every((number, at) => number === at), text: response.output_text, status: response.status };
  },

  async responsesTools() {
    const first = await client.responses.create({ ...hosted, input: question });
    const call = first.output.find((item) => item.type === "function_call");
    const second = await client.responses.create({ ...hosted, input: [...question, ...first.output, { type: "function_call_output", call_id: call.call_id, output: "Shelf 3" }] });
    return { name: call.name, arguments: call.arguments, second: second.status };
  },

  async responsesToolStream() {
    const stream = client.responses.stream({ ...hosted, input: question });
    let deltas = "";
    stream.on("response.function_call_arguments.delta", (event) => (deltas += event.delta));
    const response = await stream.finalResponse();
    return { deltas, output: response.output.map(({ type, name, arguments: given }) => ({ type, name, arguments: given })) };
  },

  async models() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    const one = await client.models.retrieve("slipway/agent");
    return { ids, one: one.id, versioned: (await client.models.retrieve("agent:v1.0.0")).id, missing: await failure(client.models.retrieve("slipway/nobody")) };
  },

  async errors() {
    const stranger = new OpenAI({ baseURL: client.baseURL, apiKey: "slw_nobody", maxRetries: 0 });
    return {
      frozen: await failure(client.responses.create({ ...hosted, input: "x", temperature: 1 })),
      missing: await failure(client.responses.create({ prompt: { id: "agent" }, input: "x" })),
      unknown: await failure(client.responses.create({ prompt: { id: "nobody" }, input: "x" })),
      stranger: await failure(stranger.responses.create({ ...hosted, input: "x" })),
      chat: await failure(client.chat.completions.create({ ...agent, messages: question, temperature: 1 })),
    };
  },

  async busy() {
    const patient = client.withOptions({ maxRetries: 1 });
    const started = performance.now();
    const seen = await failure(patient.responses.create({ ...hosted, input: "x" }));
    return { ...seen, waited: performance.now() - started >= 900 };
  },

  async broken() {
    const chat = await client.chat.completions.create({ ...agent, messages: question, stream: true });
    const responses = await client.responses.create({ ...hosted, input: question, stream: true });
    const types = [];
    return { chat: await read(chat, () => {}), responses: await read(responses, (event) => types.push(event.type)), last: types.slice(-2) };
  },
};

console.log(JSON.stringify(await scenarios[process.argv[2]]()));
