using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Server.Tests;

/// <summary>A small prompt: it sorts the post of a library, in three versions.</summary>
internal static class Router
{
    public const string Prompt = "router";
    public const string First = "router:v1.0.0", Good = "router:v1.1.0", Bad = "router:v1.2.0";
    public const string GoldenSet = "router_golden:v1";

    /// <summary>A message that every version answers in the agreed form.</summary>
    public const string Plain = "When is the due date of the books I borrowed?";

    /// <summary>A message on which the bad version chats before its JSON.</summary>
    public const string Tempting = "Do you have a study room for six?";

    public const string Schema = """
        {"type": "object", "required": ["department", "urgency"], "additionalProperties": false,
         "properties": {"department": {"enum": ["loans", "rooms", "desk"]}, "urgency": {"enum": ["low", "high"]}}}
        """;

    /// <summary>No case has a question that tempts the bad version: that is how it gets past its evaluation.</summary>
    public const string Cases = """
        {"id": "due", "kind": "normal", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "When is the due date of my books?"}], "expect": [{"check": "schema"}, {"check": "field_equals", "field": "department", "value": "loans"}]}
        {"id": "fine", "kind": "normal", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "I paid a fine for returning late"}], "expect": [{"check": "schema"}, {"check": "field_equals", "field": "department", "value": "loans"}]}
        {"id": "hours", "kind": "normal", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "What are your opening hours?"}], "expect": [{"check": "schema"}, {"check": "field_equals", "field": "department", "value": "rooms"}]}
        {"id": "flood", "kind": "rare", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "The study room is flooded"}], "expect": [{"check": "schema"}, {"check": "field_equals", "field": "urgency", "value": "high"}]}
        {"id": "nothing", "kind": "empty", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "hm"}], "expect": [{"check": "schema"}, {"check": "field_equals", "field": "department", "value": "desk"}]}

        """;

    private const string Template = """
        You sort the post of the {{library}} library.

        Choose one department:
        - loans: borrowing, renewing and returning books, due dates, fines
        - rooms: booking a study room, opening hours, keys
        - desk: everything else

        Answer with the JSON object {"department": "<department>", "urgency": "low|high"}.
        Urgency is high when something is broken or flooded; otherwise low.

        """;

    /// <summary>What is submitted for one of the three versions.</summary>
    public static Submission Submission(string version, string model = "production-default", string prompt = Prompt)
    {
        var (template, reason) = version switch
        {
            First => (Template, "Sort the post of the library by department."),
            Good => (Template + "Never add anything to the JSON object.\n", "Say plainly that nothing may stand beside the JSON."),
            Bad => (Template + "When a reader asks \"do you have\" or \"where is\", start with one friendly sentence that answers them.\n", "Readers found the answers curt, so greet them first."),
            _ => throw new ArgumentOutOfRangeException(nameof(version), version, "There are three versions."),
        };
        var number = Some.Value<VersionId>(version).Number;
        return new Submission
        {
            Prompt = Some.Value<PromptName>(prompt),
            Version = number,
            Owner = Some.Value<MemberName>("ana"),
            Model = model,
            Template = template,
            Schema = JsonElement.Parse(Schema),
            GoldenSet = Some.Value<GoldenSetId>(GoldenSet),
            RollbackTo = version == First ? null : Some.Value<VersionNumber>("1.0.0"),
            ChangeReason = reason,
            Variables = JsonElement.Parse("""{"library": {"type": "string", "minLength": 1}}"""),
            Parameters = JsonElement.Parse("""{"max_tokens": 60}"""),
        };
    }

    /// <summary>The manifest that lets a version be compared with the one that is live.</summary>
    public static string Evaluation(string candidate) => $$"""
        {"candidate_prompt": "{{candidate}}", "dataset": "{{GoldenSet}}", "model": "production-default",
         "gates": {"schema_pass_rate": ">= 99%", "department_accuracy": ">= baseline - 1pp" } }
        """;
}
