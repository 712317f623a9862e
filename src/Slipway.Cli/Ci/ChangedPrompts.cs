using System.Collections.Immutable;
using Slipway.Core.Prompts;
using Slipway.Server.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>What a branch does to the prompts of a folder.</summary>
/// <param name="Changed">Versions whose behaviour may be another, each with the one to compare it with.</param>
/// <param name="Checks">That what was there before stayed what it was.</param>
/// <param name="Notes">What else a reader wants to know, a sentence each.</param>
/// <param name="Before">The versions there were before, by label; an evaluation manifest may name one of them.</param>
internal sealed record ChangedPrompts(ImmutableArray<ChangedPrompt> Changed, ImmutableArray<CiCheck> Checks, ImmutableArray<string> Notes, ImmutableDictionary<string, EvaluationSide> Before)
{
    /// <summary>Compares a folder with what the base branch has.</summary>
    /// <param name="head">The folder.</param>
    /// <param name="based">The same folder at the base.</param>
    /// <param name="baseName">The base in a sentence.</param>
    public static ChangedPrompts Between(CiFolder head, CiFolder based, string baseName)
    {
        var (changed, checks, notes) = (ImmutableArray.CreateBuilder<ChangedPrompt>(), ImmutableArray.CreateBuilder<CiCheck>(), ImmutableArray.CreateBuilder<string>());
        if (!based.Problems.IsEmpty) notes.Add($"On {baseName} not everything can be read; what cannot is not compared with: {based.Problems[0].Message}");
        foreach (var gone in based.Prompts.Where(prompt => Find(head, prompt) is null))
            notes.Add($"{gone.Label} is removed here; where it was pushed it stays, as every version does.");
        foreach (var prompt in head.Prompts)
        {
            var same = Find(based, prompt);
            if (same is not null && prompt.Number is not null) checks.Add(new CiCheck("stays what it was", prompt.Label, Changes(head, prompt, same, baseName)));
            if (Differs(head, prompt, same)) changed.Add(new ChangedPrompt(prompt, Side(BaselineOf(prompt, same, based), prompt.Label)));
        }
        foreach (var (earlier, after) in based.Prompts.Where(prompt => prompt.Golden is not null).DistinctBy(prompt => prompt.Golden!.Id)
            .Select(prompt => (prompt.Manifest.Golden!, head.Prompts.FirstOrDefault(other => other.Golden?.Id == prompt.Golden!.Id)?.Manifest.Golden)))
        {
            if (after is not null)
                checks.Add(new CiCheck("stays what it was", earlier.Id.ToString(), earlier.JsonLines == after.JsonLines ? []
                    : [$"{after.Path}: {earlier.Id} has other cases on {baseName}, and a version of a golden set never changes: call the new one {earlier.Id.Next()}."]));
        }
        var before = based.Prompts.Select(prompt => (prompt.Label, Side: Side(prompt, ""))).Where(prompt => prompt.Side is not null).ToImmutableDictionary(prompt => prompt.Label, prompt => prompt.Side!, StringComparer.Ordinal);
        return new ChangedPrompts(changed.ToImmutable(), checks.ToImmutable(), notes.ToImmutable(), before);

        // Two sides of one name would be hard to tell apart in a report.
        EvaluationSide? Side(BuiltPrompt? prompt, string other) =>
            prompt?.Package is { } package ? new EvaluationSide(prompt.Label == other ? $"{prompt.Label} on {baseName}" : prompt.Label, package, prompt.Manifest.Submission.ChangeReason) : null;
    }

    private static BuiltPrompt? Find(CiFolder folder, BuiltPrompt prompt) => folder.Prompts.FirstOrDefault(other => other.Prompt == prompt.Prompt && other.Number == prompt.Number);

    // A version that was there before is frozen where it was pushed. What its folder's models and partials are now matters to the newest alone,
    // which would be pushed next.
    private static bool Differs(CiFolder head, BuiltPrompt prompt, BuiltPrompt? same) => prompt.Package is { } package
        && (same is null || same.Package?.Hash != package.Hash && (head.Prompts.Last(other => other.Prompt == prompt.Prompt) == prompt || head.Works.Build(same.Manifest).Package?.Hash != package.Hash));

    private static ImmutableArray<string> Changes(CiFolder head, BuiltPrompt prompt, BuiltPrompt same, string baseName)
    {
        if (prompt.Package is not { } package) return [];
        var (now, then) = (prompt.Manifest.Submission, same.Manifest.Submission);
        var content = head.Works.Build(same.Manifest).Package?.Hash == package.Hash;
        var record = (now.Owner, now.GoldenSet, now.RollbackTo, now.ChangeReason, now.ExpectedEffect, now.CheckAfterRelease, now.Linked)
            == (then.Owner, then.GoldenSet, then.RollbackTo, then.ChangeReason, then.ExpectedEffect, then.CheckAfterRelease, then.Linked);
        return (content, record) switch
        {
            (false, _) => [$"{prompt.Manifest.Path}: {prompt.Label} has other content on {baseName}, and a version never changes: give the change a number of its own."],
            (_, false) => [$"{prompt.Manifest.Path}: {prompt.Label} has another record on {baseName} (owner, reason, golden set or links), and a version's record never changes either."],
            _ => [],
        };
    }

    private static BuiltPrompt? BaselineOf(BuiltPrompt prompt, BuiltPrompt? same, CiFolder based)
    {
        if (same is not null) return same;
        var others = based.Prompts.Where(other => other.Prompt == prompt.Prompt).ToList();
        var submission = prompt.Manifest.Submission;
        return Numbered(submission.RollbackTo) ?? Numbered(submission.BasedOn) ?? others.LastOrDefault();

        BuiltPrompt? Numbered(VersionNumber? number) => number is null ? null : others.FirstOrDefault(other => other.Number == number);
    }
}

/// <summary>A version that a branch brings.</summary>
/// <param name="Candidate">The version.</param>
/// <param name="Baseline">The one it is compared with: what it rolls back to, else what it was made from, else the newest; null where the prompt is new.</param>
internal sealed record ChangedPrompt(BuiltPrompt Candidate, EvaluationSide? Baseline);
