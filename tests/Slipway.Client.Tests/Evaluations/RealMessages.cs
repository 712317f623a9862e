using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Rendering;
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
        ["refund"] = "refund",
        ["cancel_close_leave_freeze"] = "cancellation",
        ["lost_stolen"] = "security",
        ["fees_interests"] = "billing",
        ["direct_debit"] = "billing",
        ["wrong_notworking_notshowing"] = "technical",
        ["handoff"] = "human",
        ["arrival"] = "delivery",
    };

    private static readonly Lazy<GoldenSet> All = new(Read);

    /// <summary>All of them.</summary>
    public static GoldenSet Set => All.Value;

    private static GoldenSet Read() => GoldenSet.Of(Id, [.. Questions(), .. Bypasses(), .. TwoTopics(), .. OutOfScope(), .. ToolQuestions()]) switch
    {
        GoldenSetResult.Parsed parsed => parsed.Set,
        GoldenSetResult.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Errors.Take(10))),
        _ => throw new InvalidOperationException(),
    };

    private static List<(string Text, string Intent)> Bank() => [.. RealCases.Messages().Where(message => RouteOf.ContainsKey(message.Label))];

    private static IEnumerable<GoldenCase> Questions() =>
        Bank().Select((row, number) => Case($"bank-{number}", CaseKind.Normal, row.Text, "banking77", Is(RouteOf[row.Intent]), RouteOf[row.Intent], ("intent", row.Intent)));

    // An order to do something else, behind a real question: the question's team must get it all the same.
    private static IEnumerable<GoldenCase> Bypasses()
    {
        var bank = Bank();
        return RealCases.Bypasses().Select(one => one.Attack).Distinct(StringComparer.Ordinal).Select((attack, number) =>
        {
            var (question, intent) = bank[number * 7 % bank.Count];
            return Case($"bypass-{number}", CaseKind.Bypass, $"{question} {attack}", "bipia", Is(RouteOf[intent]), RouteOf[intent]);
        });
    }

    private static IEnumerable<GoldenCase> TwoTopics() =>
        from message in RealCases.SeveralTopics().Index()
        let topics = message.Item.Intents.Select(intent => TopicOf.GetValueOrDefault(intent)).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList()
        where topics.Count > 1
        select Case($"two-{message.Index}", CaseKind.ConflictingContext, message.Item.Text, "nlupp",
            $$"""{"check":"allowed_label","field":"route","labels":[{{string.Join(',', topics.Select(topic => $"\"{topic}\""))}}]}""", null, ("topics", string.Join('+', topics)));

    private static IEnumerable<GoldenCase> OutOfScope() =>
        RealCases.OutOfScope().Index().Where(one => one.Index % 5 == 0).Select(one => Case($"oos-{one.Index}", CaseKind.Escalation, one.Item, "clinc150", Is("human"), "human"));

    // Questions for which no tool fits: a router calls none.
    private static IEnumerable<GoldenCase> ToolQuestions() => RealCases.ToolCalls("irrelevance").Select(one => one.Case)
        .Select(one => Case(one.Id, CaseKind.Rare, one.Messages[^1].Content, "bfcl", """{"check":"tool_not_called"}""", null));

    private static string Is(string route) => $$"""{"check":"field_equals","field":"route","value":"{{route}}"}""";

    private static GoldenCase Case(string id, CaseKind kind, string text, string data, string expected, string? route, params (string Name, string Value)[] more)
    {
        var tags = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("data", data).AddRange(more.Select(tag => KeyValuePair.Create(tag.Name, tag.Value)));
        if (route is not null) tags = tags.Add("route", route);
        if (route is "human" or "security") tags = tags.Add("handoff", "yes");
        return new GoldenCase(id, kind, JsonElement.Parse("""{"customer_tier": "plus"}"""), [new ChatMessage("user", text)], [Check.Of("""{"check":"schema"}"""), Check.Of(expected)], tags, $"data_set:{data}");
    }
}
