using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Cli.Evaluations;
using Slipway.Core.Evaluations;
using Slipway.Tests;

namespace Slipway.Client.Tests.Evaluations;

/// <summary>A golden set for the sample's router out of published data sets, of which nobody here wrote a word.</summary>
internal static class RealMessages
{
    private static readonly GoldenSetId Id = GoldenSetId.TryParse("real_messages:v1", out var id) ? id : throw new InvalidOperationException("The name is well-formed.");

    // Where a question to a bank would go if the bank made lamps. Intents that have no counterpart there (top-ups, exchange rates, transfers on their way)
    // are left out: a label that people would argue about measures their argument.
    private static readonly Dictionary<string, string> RouteOf = new (string Route, string Intents)[]
    {
        ("account_recovery", "passcode_forgotten pin_blocked"),
        ("billing", "card_payment_fee_charged extra_charge_on_statement transaction_charged_twice transfer_fee_charged cash_withdrawal_charge exchange_charge top_up_by_card_charge direct_debit_payment_not_recognised card_about_to_expire"),
        ("refund", "request_refund Refund_not_showing_up"),
        ("delivery", "card_arrival card_delivery_estimate"),
        ("technical", "card_not_working contactless_not_working virtual_card_not_working"),
        ("cancellation", "terminate_account"),
        ("security", "compromised_card lost_or_stolen_card lost_or_stolen_phone card_payment_not_recognised cash_withdrawal_not_recognised"),
        ("human", "country_support age_limit fiat_currency_support atm_support supported_cards_and_currencies"),
    }.SelectMany(route => route.Intents.Split(' ').Select(intent => KeyValuePair.Create(intent, route.Route))).ToDictionary(StringComparer.Ordinal);

    // The same for NLU++, which marks every topic of a message: two of these are a ticket with two topics, and either team may get it first.
    private static readonly Dictionary<string, string> TopicOf = new(StringComparer.Ordinal)
    {
        ["refund"] = "refund", ["cancel_close_leave_freeze"] = "cancellation", ["lost_stolen"] = "security", ["fees_interests"] = "billing", ["direct_debit"] = "billing",
        ["wrong_notworking_notshowing"] = "technical", ["handoff"] = "human", ["arrival"] = "delivery",
    };

    private static readonly Lazy<GoldenSet> All = new(Read);

    /// <summary>All of them.</summary>
    public static GoldenSet Set => All.Value;

    private static GoldenSet Read()
    {
        JsonObject[] cases = [.. Questions(), .. Bypasses(), .. TwoTopics(), .. OutOfScope(), .. ToolQuestions()];
        return GoldenSet.Parse(Id, string.Join('\n', cases.Select(one => one.ToJsonString()))) switch
        {
            GoldenSetResult.Parsed parsed => parsed.Set,
            GoldenSetResult.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Errors.Take(10))),
            _ => throw new InvalidOperationException(),
        };
    }

    private static List<(string Text, string Intent)> Bank() => CsvTable.Open(SharedMaterial.Path("data/banking77/test.csv")) is CsvTable.Read table
        ? [.. table.Rows.Select(row => (row.Fields[0], row.Fields[1])).Where(row => RouteOf.ContainsKey(row.Item2))]
        : throw new InvalidOperationException("The data set cannot be read.");

    private static IEnumerable<JsonObject> Questions() =>
        Bank().Select((row, number) => Case($"bank-{number}", CaseKind.Normal, row.Text, "banking77", Is(RouteOf[row.Intent]), RouteOf[row.Intent], ("intent", row.Intent)));

    // An order to do something else, behind a real question: the question's team must get it all the same.
    private static IEnumerable<JsonObject> Bypasses()
    {
        var bank = Bank();
        using var attacks = JsonDocument.Parse(File.ReadAllText(SharedMaterial.Path("data/bipia-injections/text_attacks.json")));
        foreach (var (number, (attack, text)) in attacks.RootElement.EnumerateObject().SelectMany(kind => kind.Value.EnumerateArray().Select(text => (kind.Name, text.GetString()!))).Index().ToList())
        {
            var (question, intent) = bank[number * 7 % bank.Count];
            yield return Case($"bypass-{number}", CaseKind.Bypass, $"{question} {text}", "bipia", Is(RouteOf[intent]), RouteOf[intent], ("attack", attack));
        }
    }

    private static IEnumerable<JsonObject> TwoTopics()
    {
        var number = 0;
        foreach (var file in Directory.EnumerateFiles(SharedMaterial.Path("data/nlupp"), "fold*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var messages = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var message in messages.RootElement.EnumerateArray())
            {
                if (!message.TryGetProperty("intents", out var intents)) continue;
                var topics = intents.EnumerateArray().Select(intent => TopicOf.GetValueOrDefault(intent.GetString()!)).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
                if (topics.Count < 2) continue;
                var allowed = new JsonObject { ["check"] = "allowed_label", ["field"] = "route", ["labels"] = new JsonArray([.. topics.Select(topic => JsonValue.Create(topic))]) };
                yield return Case($"two-{number++}", CaseKind.ConflictingContext, message.GetProperty("text").GetString()!, "nlupp", allowed, null, ("topics", string.Join('+', topics)));
            }
        }
    }

    private static IEnumerable<JsonObject> OutOfScope() =>
        File.ReadLines(SharedMaterial.Path("data/clinc150/oos_test.jsonl")).Select(line => JsonNode.Parse(line)!["text"]!.GetValue<string>()).Index().Where(one => one.Index % 5 == 0)
            .Select(one => Case($"oos-{one.Index}", CaseKind.Escalation, one.Item, "clinc150", Is("human"), "human"));

    // Questions for which no tool fits: a router calls none, and a person gets them.
    private static IEnumerable<JsonObject> ToolQuestions() =>
        File.ReadLines(SharedMaterial.Path("data/bfcl/irrelevance.jsonl")).Select(line => JsonNode.Parse(line)!["question"]![0]!.AsArray()[^1]!["content"]!.GetValue<string>()).Index().Where(one => one.Index % 3 == 0)
            .Select(one => Case($"tool-{one.Index}", CaseKind.Rare, one.Item, "bfcl", new JsonObject { ["check"] = "tool_not_called" }, null));

    private static JsonObject Is(string route) => new() { ["check"] = "field_equals", ["field"] = "route", ["value"] = route };

    private static JsonObject Case(string id, CaseKind kind, string text, string source, JsonObject expected, string? route, params (string Name, string Value)[] tags)
    {
        var all = new JsonObject { ["data"] = source };
        if (route is not null) all["route"] = route;
        if (route is "human" or "security") all["handoff"] = "yes";
        foreach (var (name, value) in tags) all[name] = value;
        return new JsonObject
        {
            ["id"] = id,
            ["kind"] = JsonSerializer.SerializeToNode(kind),
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
            ["variables"] = new JsonObject { ["customer_tier"] = "plus" },
            ["expect"] = new JsonArray(new JsonObject { ["check"] = "schema" }, expected),
            ["tags"] = all,
            ["source"] = source,
        };
    }
}
