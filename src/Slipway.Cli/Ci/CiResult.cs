using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>All that came of a run.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Base">What it was compared with, in a sentence; null where it was only checked.</param>
/// <param name="Checks">Everything that was looked at.</param>
/// <param name="Comparisons">What came of each changed version; empty where a check failed, as calls cost money.</param>
/// <param name="Notes">What else a reader wants to know, a sentence each.</param>
internal sealed record CiResult(string Folder, string? Base, ImmutableArray<CiCheck> Checks, ImmutableArray<CiComparison> Comparisons, ImmutableArray<string> Notes)
{
    /// <summary>The worst of all: a failed check is a failure.</summary>
    public GateVerdict Verdict => Checks.Any(check => !check.Passed) ? GateVerdict.Fail
        : Comparisons.Select(comparison => comparison.Verdict).Append(GateVerdict.Pass).Max();

    /// <summary>The verdict for scripts.</summary>
    public int Exit => Verdict switch
    {
        GateVerdict.Pass => ExitCode.Done,
        GateVerdict.Inconclusive => ExitCode.Inconclusive,
        _ => ExitCode.Refused,
    };

    /// <summary>The result in one line.</summary>
    public string Sentence
    {
        get
        {
            var failed = Checks.Count(check => !check.Passed);
            if (failed > 0) return $"Verdict: fail. {(failed == 1 ? "1 check" : FormattableString.Invariant($"{failed} checks"))} of {Checks.Length} failed; nothing was compared.";
            if (Base is null) return FormattableString.Invariant($"Verdict: pass. All {Checks.Length} checks passed; nothing was compared, as asked.");
            if (Comparisons.IsEmpty) return FormattableString.Invariant($"Verdict: pass. All {Checks.Length} checks passed, and no prompt behaves otherwise than on {Base}.");
            var worst = Comparisons.Where(comparison => comparison.Verdict == Verdict).Select(comparison => comparison.Candidate).Distinct();
            return Verdict switch
            {
                GateVerdict.Pass => FormattableString.Invariant($"Verdict: pass. All {Checks.Length} checks and every gate passed."),
                GateVerdict.Fail => $"Verdict: fail. {string.Join(", ", worst)} behaves worse than its gates allow.",
                _ => $"Verdict: inconclusive. There is not enough data to say how {string.Join(", ", worst)} behaves.",
            };
        }
    }

    /// <summary>The result for programs.</summary>
    public JsonElement ToJson() => JsonElement.Parse(new JsonObject
    {
        ["folder"] = Folder,
        ["base"] = Base,
        ["verdict"] = Word(Verdict),
        ["checks"] = new JsonArray([.. Checks.Select(check => new JsonObject
        {
            ["about"] = check.About,
            ["name"] = check.Name,
            ["passed"] = check.Passed,
            ["problems"] = new JsonArray([.. check.Problems.Select(problem => JsonValue.Create(problem))]),
        })]),
        ["comparisons"] = new JsonArray([.. Comparisons.Select(comparison => new JsonObject
        {
            ["candidate"] = comparison.Candidate,
            ["verdict"] = Word(comparison.Verdict),
            ["remark"] = comparison.Remark,
            ["report"] = comparison.Report is { } report ? JsonNode.Parse(report.ToJson()) : null,
        })]),
        ["notes"] = new JsonArray([.. Notes.Select(note => JsonValue.Create(note))]),
    }.ToJsonString());

    /// <summary>A verdict as a word.</summary>
    public static string Word(GateVerdict verdict) => verdict.ToString().ToLowerInvariant();
}
