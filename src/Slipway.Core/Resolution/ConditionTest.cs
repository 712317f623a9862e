using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Slipway.Core.Resolution;

/// <summary>What a condition asks of an attribute's value, made ready once: asking allocates nothing.</summary>
internal abstract class ConditionTest
{
    private const NumberStyles Numbers = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Whether a value fits.</summary>
    public abstract bool Fits(string value);

    /// <summary>Makes a test ready.</summary>
    /// <param name="comparison">How is compared.</param>
    /// <param name="values">With what.</param>
    /// <param name="problem">Why it cannot be, as the rest of a sentence that begins with the operator; null where it can.</param>
    public static ConditionTest? Of(ConditionOperator comparison, ImmutableArray<string> values, out string? problem)
    {
        problem = (comparison, values.Length) switch
        {
            (ConditionOperator.Present, 0) => null,
            (ConditionOperator.Present, _) => "takes no values",
            (ConditionOperator.In or ConditionOperator.Prefix or ConditionOperator.Cidr, 0) => "needs at least one value",
            (ConditionOperator.In or ConditionOperator.Prefix or ConditionOperator.Cidr, _) => null,
            (_, 1) => null,
            _ => $"needs one value, not {values.Length}",
        };
        if (problem is not null) return null;
        return comparison switch
        {
            ConditionOperator.Present => new AnyTest(),
            ConditionOperator.Equals => new TextTest(values[0]),
            ConditionOperator.In => new ListTest(values.ToFrozenSet(StringComparer.Ordinal)),
            ConditionOperator.Prefix => new PrefixTest([.. values]),
            ConditionOperator.Cidr => NetworkTest.Of(values, out problem),
            >= ConditionOperator.VersionEq => VersionTest.Of(comparison, values[0], out problem),
            _ => NumberTest.Of(comparison, values[0], out problem),
        };
    }

    private static bool Fits(ConditionOperator comparison, int order) => comparison switch
    {
        ConditionOperator.NumberEq or ConditionOperator.VersionEq => order == 0,
        ConditionOperator.NumberGt or ConditionOperator.VersionGt => order > 0,
        ConditionOperator.NumberGte or ConditionOperator.VersionGte => order >= 0,
        ConditionOperator.NumberLt or ConditionOperator.VersionLt => order < 0,
        _ => order <= 0,
    };

    private sealed class AnyTest : ConditionTest
    {
        public override bool Fits(string value) => true;
    }

    private sealed class TextTest(string wanted) : ConditionTest
    {
        public override bool Fits(string value) => string.Equals(value, wanted, StringComparison.Ordinal);
    }

    private sealed class ListTest(FrozenSet<string> wanted) : ConditionTest
    {
        public override bool Fits(string value) => wanted.Contains(value);
    }

    private sealed class PrefixTest(string[] prefixes) : ConditionTest
    {
        public override bool Fits(string value)
        {
            foreach (var prefix in prefixes)
                if (value.StartsWith(prefix, StringComparison.Ordinal)) return true;
            return false;
        }
    }

    private sealed class NumberTest(ConditionOperator comparison, double wanted) : ConditionTest
    {
        public static NumberTest? Of(ConditionOperator comparison, string text, out string? problem)
        {
            problem = TryRead(text, out var number) ? null : $"compares numbers such as 2.5, and \"{text}\" is none";
            return problem is null ? new NumberTest(comparison, number) : null;
        }

        public override bool Fits(string value) => TryRead(value, out var number) && Fits(comparison, number.CompareTo(wanted));

        // A double, so that an SDK in any language compares alike; NaN and what is past its range are no numbers.
        private static bool TryRead(string text, out double number) => double.TryParse(text, Numbers, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    private sealed class VersionTest(ConditionOperator comparison, SemanticVersion wanted) : ConditionTest
    {
        public static VersionTest? Of(ConditionOperator comparison, string text, out string? problem)
        {
            problem = SemanticVersion.TryParse(text, out var version) ? null : $"compares semantic versions such as 1.6.0, and \"{text}\" is none";
            return problem is null ? new VersionTest(comparison, version) : null;
        }

        public override bool Fits(string value) => SemanticVersion.TryParse(value, out var version) && Fits(comparison, version.CompareTo(wanted));
    }

    private sealed class NetworkTest(Network[] networks) : ConditionTest
    {
        public static NetworkTest? Of(ImmutableArray<string> texts, out string? problem)
        {
            problem = null;
            var networks = new Network[texts.Length];
            for (var i = 0; i < texts.Length && problem is null; i++)
                if (!Network.TryParse(texts[i], out networks[i])) problem = $"compares networks such as 10.0.0.0/8 or 2001:db8::/32 with no bits set behind the prefix, and \"{texts[i]}\" is none";
            return problem is null ? new NetworkTest(networks) : null;
        }

        public override bool Fits(string value)
        {
            if (!Address.TryParse(value, out var address)) return false;
            foreach (var network in networks)
                if (network.Contains(address)) return true;
            return false;
        }
    }
}
