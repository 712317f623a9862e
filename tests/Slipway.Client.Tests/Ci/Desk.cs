using Commands = Slipway.Client.Tests.CommandLines.Cli;

namespace Slipway.Client.Tests.Ci;

/// <summary>A repository with a small prompt that the offline model answers, on main, and a branch to change it on.</summary>
internal sealed class Desk : IDisposable
{
    /// <summary>Two teams, and the answer's form.</summary>
    public const string Template = """
        You send each message to the one team that can help.

        - billing: invoices, charges, payments, a charge, charged twice
        - delivery: parcels, the courier, shipping, tracking

        If you are unsure, choose delivery.

        Answer with one JSON object and nothing else:

        {"route": "<route>"}
        """;

    /// <summary>As <see cref="Template"/>, and it talks.</summary>
    public const string Talkative = Template + "\nExplain your choice in one short sentence before the object.\n";

    /// <summary>The same behaviour in other words.</summary>
    public static string Reworded { get; } = Template.Replace("You send each message to", "Please send every message to", StringComparison.Ordinal);

    private const string Schema = """{"type": "object", "properties": {"route": {"enum": ["billing", "delivery"]}}, "required": ["route"], "additionalProperties": false}""";

    private Desk(GitRepository repository) => Repository = repository;

    /// <summary>The repository.</summary>
    public GitRepository Repository { get; }

    /// <summary>The folder of prompts in it.</summary>
    public string Prompts => Repository.PathOf("prompts");

    /// <summary>Makes it; its only version is desk:v1.0.0, and the branch is called change. With a template there is desk:v1.1.0 too, not committed yet.</summary>
    public static async Task<Desk> MakeAsync(string? changedTo = null)
    {
        var desk = new Desk(await GitRepository.MakeAsync());
        desk.Repository.Write("README.md", "Not a prompt.\n");
        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "offline/offline-2026-11"}}""");
        desk.Repository.Write("prompts/schemas/desk.json", Schema);
        desk.Repository.Write("prompts/evals/desk_golden_v1.jsonl", Golden());
        desk.WriteVersion("1.0.0", Template, rollbackTo: "null");
        await desk.Repository.CommitAsync("The desk.");
        await desk.Repository.BranchAsync("change");
        if (changedTo is not null) desk.WriteVersion("1.1.0", changedTo, rollbackTo: "1.0.0");
        return desk;
    }

    /// <summary>A folder's files that are a prompt on their own: name and text.</summary>
    public static IEnumerable<(string File, string Text)> Alone()
    {
        yield return ("desk.yaml", """
            id: desk
            version: 1.0.0
            owner: ana
            status: candidate
            model: offline/offline-2026-11
            template: desk.md
            schema: desk.json
            golden_set: desk_golden_v1.jsonl
            rollback_to: null
            change_reason: "The first."
            """);
        yield return ("desk.md", Template);
        yield return ("desk.json", Schema);
        yield return ("desk_golden_v1.jsonl", Golden());
    }

    /// <summary>Ten messages, one of them empty.</summary>
    public static string Golden() => string.Concat(
        Case("a", "normal", "my invoice is wrong", "billing"), Case("b", "normal", "you charged me twice", "billing"), Case("c", "normal", "a payment I do not know", "billing"),
        Case("d", "normal", "where is my parcel", "delivery"), Case("e", "normal", "the courier never came", "delivery"), Case("f", "normal", "tracking has not moved", "delivery"),
        Case("g", "rare", "an invoice for a parcel I never got, shipping charged", "billing"), Case("h", "rare", "shipping to an island", "delivery"),
        Case("i", "empty", "", "delivery"), Case("j", "domain", "the invoices lack our order number", "billing"));

    /// <summary>A line of a golden set.</summary>
    public static string Case(string id, string kind, string text, string route) =>
        $$"""{"id":"{{id}}","kind":"{{kind}}","messages":[{"role":"user","content":"{{text}}"}],"expect":[{"check":"schema"},{"check":"field_equals","field":"route","value":"{{route}}"}],"tags":{"route":"{{route}}"},"source":"written"}""" + "\n";

    /// <summary>Writes a version's manifest and template.</summary>
    public void WriteVersion(string version, string template, string rollbackTo, string more = "", string? file = null)
    {
        Repository.Write($"prompts/templates/{version}.md", template);
        Repository.Write(file ?? $"prompts/desk.v{version}.yaml", $"""
            id: desk
            version: {version}
            owner: ana
            status: candidate
            model: production-default
            template: templates/{version}.md
            schema: schemas/desk.json
            golden_set: evals/desk_golden_v1.jsonl
            rollback_to: {rollbackTo}
            change_reason: "A reason."
            {more}
            """);
    }

    /// <summary>Writes an evaluation manifest whose gates a version keeps that gives the same answers.</summary>
    public void WriteGates(string version) => Repository.Write($"prompts/evals/{version}.json",
        $$"""{"candidate_prompt": "desk:v{{version}}", "baseline_prompt": "desk:v1.0.0", "dataset": "desk_golden:v1", "gates": {"schema_pass_rate": "= 100%", "route_accuracy": ">= 90%"} }""");

    /// <summary>Runs <c>slipway ci</c> on the folder of prompts.</summary>
    public Task<Commands.Result> RunAsync(params string[] arguments) => Commands.RunAsync(["ci", Prompts, .. arguments]);

    /// <inheritdoc/>
    public void Dispose() => Repository.Dispose();
}
