using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>Notices cases whose input was there before: they count twice in every metric, and may expect different things.</summary>
internal sealed class DuplicateInputs
{
    /// <summary>Takes cases for the same whose input is the same.</summary>
    public static IEqualityComparer<GoldenCase> Comparer { get; } = new SameInput();

    private readonly Dictionary<GoldenCase, int> lineOfInput = new(Comparer);
    private readonly ImmutableArray<InputProblem>.Builder notices = ImmutableArray.CreateBuilder<InputProblem>();

    /// <summary>What was noticed so far, in the order of the cases.</summary>
    public ImmutableArray<InputProblem> Notices => notices.ToImmutable();

    /// <summary>Looks at the next case.</summary>
    public void Add(GoldenCase goldenCase, int line)
    {
        if (!lineOfInput.TryAdd(goldenCase, line))
            notices.Add(new InputProblem(line, null, string.Create(CultureInfo.InvariantCulture,
                $"The case \"{goldenCase.Id}\" has the same input as line {lineOfInput[goldenCase]}.")));
    }

    private sealed class SameInput : IEqualityComparer<GoldenCase>
    {
        public bool Equals(GoldenCase? x, GoldenCase? y) => ReferenceEquals(x, y)
            || (x is not null && y is not null && x.Messages.SequenceEqual(y.Messages) && Same(x.Variables, y.Variables));

        public int GetHashCode(GoldenCase obj)
        {
            var hash = new HashCode();
            foreach (var message in obj.Messages) hash.Add(message);
            // Keys may come in any order: their sum has none. Texts are what tells cases apart; other values need not take part.
            hash.Add(obj.Variables?.EnumerateObject().Aggregate(0, (sum, field) => unchecked(sum
                + HashCode.Combine(field.Name, field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : null))));
            return hash.ToHashCode();
        }

        private static bool Same(JsonElement? left, JsonElement? right) =>
            (left, right) is ({ } one, { } other) ? JsonValues.Same(one, other) : left is null && right is null;
    }
}
