namespace Slipway.Core.Resolution;

/// <summary>A version after SemVer 2.0.0, read in place: numbers of any length, comparing allocates nothing.</summary>
internal readonly struct SemanticVersion : IComparable<SemanticVersion>
{
    private readonly string text;
    // Where the numbers and the pre-release end; what follows a plus says of which build it is and has no rank.
    private readonly int core, end;

    private SemanticVersion(string text, int core, int end) => (this.text, this.core, this.end) = (text, core, end);

    /// <summary>Reads a version.</summary>
    /// <returns>False where the text is none: no leading <c>v</c>, three numbers, no number with a leading zero.</returns>
    public static bool TryParse(string text, out SemanticVersion version)
    {
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        var end = plus < 0 ? text.Length : plus;
        var dash = text.AsSpan(0, end).IndexOf('-');
        var core = dash < 0 ? end : dash;
        version = new SemanticVersion(text, core, end);
        return AreThreeNumbers(text.AsSpan(0, core))
            && (dash < 0 || AreIdentifiers(text.AsSpan(dash + 1, end - dash - 1), leadingZeros: false))
            && (plus < 0 || AreIdentifiers(text.AsSpan(plus + 1), leadingZeros: true));
    }

    /// <summary>Older before newer: the numbers, then a pre-release before its release, then its identifiers one by one.</summary>
    public int CompareTo(SemanticVersion other)
    {
        var numbers = CompareIdentifiers(text.AsSpan(0, core), other.text.AsSpan(0, other.core));
        if (numbers != 0) return numbers;
        return (IsPreRelease, other.IsPreRelease) switch
        {
            (true, true) => CompareIdentifiers(PreRelease, other.PreRelease),
            (true, false) => -1,
            (false, true) => 1,
            _ => 0,
        };
    }

    private bool IsPreRelease => end > core;

    private ReadOnlySpan<char> PreRelease => text.AsSpan(core + 1, end - core - 1);

    private static int CompareIdentifiers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (true)
        {
            var (leftLast, rightLast) = (Next(ref left, out var ours), Next(ref right, out var theirs));
            var order = CompareIdentifier(ours, theirs);
            if (order != 0) return order;
            if (leftLast || rightLast) return rightLast.CompareTo(leftLast);     // what goes on is the newer one
        }
    }

    private static int CompareIdentifier(ReadOnlySpan<char> left, ReadOnlySpan<char> right) => (IsDigits(left), IsDigits(right)) switch
    {
        (true, false) => -1,
        (false, true) => 1,
        // Without leading zeros the longer number is the larger one.
        (true, true) when left.Length != right.Length => left.Length.CompareTo(right.Length),
        _ => left.SequenceCompareTo(right),
    };

    private static bool AreThreeNumbers(ReadOnlySpan<char> numbers)
    {
        for (var count = 1; ; count++)
        {
            var last = Next(ref numbers, out var number);
            if (!IsDigits(number) || HasLeadingZero(number)) return false;
            if (last) return count == 3;
        }
    }

    private static bool AreIdentifiers(ReadOnlySpan<char> identifiers, bool leadingZeros)
    {
        while (true)
        {
            var last = Next(ref identifiers, out var identifier);
            foreach (var letter in identifier)
                if (!char.IsAsciiLetterOrDigit(letter) && letter != '-') return false;
            if (identifier.IsEmpty || (!leadingZeros && IsDigits(identifier) && HasLeadingZero(identifier))) return false;
            if (last) return true;
        }
    }

    // A loop: the span's own search in a range boxes its bounds until the code is optimised.
    private static bool IsDigits(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
            if (!char.IsAsciiDigit(letter)) return false;
        return !text.IsEmpty;
    }

    private static bool HasLeadingZero(ReadOnlySpan<char> digits) => digits.Length > 1 && digits[0] == '0';

    // Cuts the next identifier off; whether it was the last.
    private static bool Next(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> identifier)
    {
        var dot = rest.IndexOf('.');
        identifier = dot < 0 ? rest : rest[..dot];
        rest = dot < 0 ? [] : rest[(dot + 1)..];
        return dot < 0;
    }
}
