using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>The texts of some of a review's rows, read from where they are, all at once; what the prompt's policy takes out of a call is taken out of them.</summary>
/// <param name="plan">The review.</param>
/// <param name="rows">The rows that are asked for.</param>
/// <param name="policy">What may be kept of a text.</param>
/// <param name="store">Where the answers are.</param>
/// <param name="objects">Where the golden set is.</param>
/// <param name="clock">When they are used.</param>
internal sealed class ReviewTexts(ReviewPlan plan, IReadOnlyCollection<PlannedRow> rows, ServingPolicy policy, IEvaluationStore store, ObjectKeeper objects, TimeProvider clock)
{
    private readonly Lazy<IReadOnlyDictionary<ContentHash, string>> answers = new(
        () => store.Find([.. rows.SelectMany(row => row.Second is null ? (ContentHash[])[row.First.Key] : [row.First.Key, row.Second.Key]).Distinct()], null, clock.GetUtcNow()));

    private readonly Lazy<ImmutableArray<ReadOnlyMemory<byte>>> lines = new(
        () => [.. StoredCases.Lines(objects.Get(plan.SetContent) ?? throw new StorageException($"The golden set {plan.Dataset} is missing from the object store."))],
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The texts of one of them, or why they are gone.</summary>
    public RowTexts Of(PlannedRow row)
    {
        if (policy.Capture == CapturePolicy.None) return Gone($"The policy of {plan.Candidate.Prompt} keeps no texts any more.");
        try
        {
            var goldenCase = StoredCases.Read(plan.Dataset, lines.Value.ElementAtOrDefault(row.Line));
            var (first, second) = (Read(answers.Value, row.First), row.Second is null ? null : Read(answers.Value, row.Second));
            if (first is null || (row.Second is not null && second is null)) return Gone("The answer is not kept any more, or was asked again since.");
            return new RowTexts(Allowed(goldenCase.InputText), Allowed(first), second is null ? null : Allowed(second), null)
            {
                Reference = goldenCase.Judges.FirstOrDefault(one => one.Rubric == plan.Rubric)?.Reference is { } reference ? Allowed(reference) : null,
            };
        }
        catch (ErasedException erased)
        {
            return Gone(erased.Message);
        }

        static RowTexts Gone(string why) => new(null, null, null, why);
    }

    /// <summary>The text of a stored answer; null where there is none that was given, or where it is another one.</summary>
    public static string? Read(IReadOnlyDictionary<ContentHash, string> answers, AnswerPlace place) =>
        answers.TryGetValue(place.Key, out var json) && Answer(json) is { Error: null } answer && ContentHash.Of(Encoding.UTF8.GetBytes(answer.Shown)) == place.Text ? answer.Shown : null;

    /// <summary>A stored answer; null where another build wrote it.</summary>
    public static Answer? Answer(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EvaluationJson.Default.Answer);
        }
        catch (JsonException)
        {
            return null;        // Of another build's form: as good as gone.
        }
    }

    private string Allowed(string text) => Captured.Of(policy, text) ?? "";
}

/// <summary>What a row shows.</summary>
/// <param name="Input">What was asked; null where it is gone.</param>
/// <param name="First">The answer, or the one that stands first; null where it is gone.</param>
/// <param name="Second">The answer that stands second; null where the row shows one, or where it is gone.</param>
/// <param name="Gone">Why it is gone, in a sentence; null where it is there.</param>
internal sealed record RowTexts(string? Input, string? First, string? Second, string? Gone)
{
    /// <summary>What the case says a good answer says, by the review's rubric; null where it says nothing.</summary>
    public string? Reference { get; init; }
}
