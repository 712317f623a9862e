using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Bench.Core;

/// <summary>The things that are measured: of the sizes the tables name, and shaped like what people have.</summary>
internal static class Samples
{
    public const string Schema = """
        {
          "type": "object", "additionalProperties": false,
          "required": ["route", "urgency", "language", "summary", "confidence", "escalate", "customer", "tags"],
          "properties": {
            "route": {"enum": ["billing", "account_recovery", "shipping", "returns", "technical", "other"]},
            "urgency": {"enum": ["low", "normal", "high"]},
            "language": {"type": "string", "pattern": "^[a-z]{2}$"},
            "summary": {"type": "string", "minLength": 1, "maxLength": 400},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "escalate": {"type": "boolean"},
            "customer": {"type": "string", "maxLength": 60},
            "tags": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 30}},
            "order": {"type": ["string", "null"], "pattern": "^[A-Z]{2}-[0-9]{6}$"},
            "amount": {"type": ["number", "null"], "minimum": 0},
            "currency": {"enum": ["EUR", "USD", "GBP", null]},
            "reply": {"type": "string", "maxLength": 1000},
            "steps": {"type": "array", "items": {"type": "object", "required": ["action"], "additionalProperties": false,
              "properties": {"action": {"type": "string"}, "minutes": {"type": "integer", "minimum": 0}}}},
            "sentiment": {"enum": ["angry", "neutral", "happy"]},
            "attempts": {"type": "integer", "minimum": 0, "maximum": 100},
            "verified": {"type": "boolean"},
            "queue": {"type": "string"},
            "reason": {"type": "string", "maxLength": 300},
            "source": {"const": "ticket"},
            "version": {"type": "integer"}
          }
        }
        """;

    private const string Answered = """
        {"route":"account_recovery","urgency":"high","language":"en","summary":"The customer cannot sign in since the phone number on the account was changed and asks to get the old one back before Friday.",
        "confidence":0.93,"escalate":true,"customer":"Marguerite Østergård","tags":["sign-in","phone","locked"],"order":"SL-204517","amount":49.9,"currency":"EUR",
        "reply":"Hello Marguerite, thank you for writing. I have passed your request to the colleagues who can check your identity; they write to you within the hour. Please keep a photo of your identity card at hand, and do not try to sign in again until then: the account stays locked for a day after five attempts.",
        "steps":[{"action":"verify identity","minutes":10},{"action":"restore number","minutes":5},{"action":"tell the customer","minutes":1}],
        "sentiment":"neutral","attempts":5,"verified":false,"queue":"identity-eu","reason":"Phone number changed by somebody else.","source":"ticket","version":3}
        """;

    private const string Prose =
        "You route the tickets of a shop. Read the whole message, then choose the one team that can solve it; if two could, take the one that has to act first. " +
        "Never promise money, never name a colleague, and never repeat what a customer wrote about their health. A ticket that asks for two things gets the team of the more urgent one. " +
        "Answer with the JSON object alone.\n";

    public static ImmutableArray<(string Name, JsonNode Value)> Variables { get; } =
    [
        ("customer_name", "Marguerite"), ("customer_tier", "plus"), ("locale", "en-GB"), ("today", "2026-03-02"), ("open_tickets", 3), ("is_employee", false),
        ("subject", "Cannot sign in since the change of my phone number"),
        ("ticket_body", "Hello, since yesterday my old number does not work any more, and I never asked for the change. The code goes to a phone I do not have. Please help me before Friday, I need the invoice in the account for my taxes. Best regards, M."),
    ];

    public static ImmutableArray<(string Name, JsonNode Value)> FewVariables { get; } = [.. Variables[..3], Variables[6]];

    /// <summary>A template of so many bytes, the variables spread through it.</summary>
    public static string Template(int bytes, ImmutableArray<(string Name, JsonNode Value)> variables)
    {
        var tags = variables.Select(variable => $"{variable.Name.Replace('_', ' ')}: {{{{{variable.Name}}}}}\n").ToList();
        var text = new StringBuilder();
        var prose = bytes - tags.Sum(tag => tag.Length);
        for (var i = 0; i < tags.Count; i++)
        {
            var length = prose * (i + 1) / tags.Count - prose * i / tags.Count;
            for (var written = 0; written < length;)
            {
                var piece = Prose.AsSpan(0, Math.Min(Prose.Length, length - written));
                text.Append(piece);
                written += piece.Length;
            }
            text.Append(tags[i]);
        }
        return text.ToString();
    }

    public static JsonElement Values(ImmutableArray<(string Name, JsonNode Value)> variables) =>
        JsonElement.Parse(new JsonObject(variables.Select(variable => KeyValuePair.Create<string, JsonNode?>(variable.Name, variable.Value.DeepClone()))).ToJsonString());

    public static byte[] Answer(bool reversed)
    {
        var answer = JsonNode.Parse(Answered)!.AsObject();
        return Encoding.UTF8.GetBytes(Written(new JsonObject((reversed ? answer.Reverse() : answer).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))));
    }

    public static byte[] WrongAnswer()
    {
        var answer = JsonNode.Parse(Answered)!.AsObject();
        answer["route"] = "sales";
        answer["attempts"] = -1;
        return Encoding.UTF8.GetBytes(Written(answer));
    }

    public static Package Package(string template)
    {
        var submission = new Submission
        {
            Prompt = Parse<PromptName>("support_router"),
            Version = Parse<VersionNumber>("1.0.0"),
            Owner = Parse<MemberName>("ana"),
            Model = "production-default",
            Template = template,
            Schema = JsonElement.Parse(Schema),
            GoldenSet = Parse<GoldenSetId>("support_router_golden:v4"),
            ChangeReason = "Route accounts better.",
            Variables = JsonElement.Parse("""
                {"customer_name": {"type": "string", "maxLength": 100}, "customer_tier": {"enum": ["basic", "plus", "business"]}, "locale": {"type": "string", "maxLength": 10},
                 "today": {"type": "string"}, "open_tickets": {"type": "integer", "minimum": 0}, "is_employee": {"type": "boolean"},
                 "subject": {"type": "string", "maxLength": 200}, "ticket_body": {"type": "string", "maxLength": 20000}}
                """),
            Parameters = JsonElement.Parse("""{"temperature": 0, "max_tokens": 300}"""),
        };
        return Slipway.Core.Prompts.Package.Build(submission, Parse<ModelReference>("offline/offline-2026-11")) is PackageBuild.Built built
            ? built.Package
            : throw new InvalidOperationException("The sample package is wrong.");
    }

    public static T Parse<T>(string text) where T : ITextValue<T> => T.TryParse(text, out var value) ? value : throw new ArgumentException($"{text} must be {T.Form}.", nameof(text));

    // As a model writes: letters of any language as they are.
    private static string Written(JsonObject value) => value.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
