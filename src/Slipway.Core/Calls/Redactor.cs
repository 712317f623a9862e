using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Slipway.Core.Resolution;

namespace Slipway.Core.Calls;

/// <summary>What is taken out of texts.</summary>
public enum PersonalData
{
    /// <summary>An e-mail address: <c>[email]</c>.</summary>
    Email,
    /// <summary>A telephone number: <c>[phone]</c>.</summary>
    Phone,
    /// <summary>A payment card's number, by its check digit: <c>[card]</c>.</summary>
    Card,
    /// <summary>An international bank account number, by its country's length and its check digits: <c>[iban]</c>.</summary>
    Iban,
    /// <summary>An IP address, version 4 or 6: <c>[ip]</c>.</summary>
    IpAddress,
    /// <summary>What a pattern of the prompt's policy matches: <c>[redacted]</c>.</summary>
    Custom,
}

/// <summary>A stretch of a text that is taken out.</summary>
/// <param name="Start">Where it begins, in characters.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Kind">What it is.</param>
public readonly record struct Redaction(int Start, int Length, PersonalData Kind)
{
    /// <summary>Where it ends.</summary>
    public int End => Start + Length;

    /// <summary>What stands in its place.</summary>
    public string Mark => Kind switch
    {
        PersonalData.Email => "[email]",
        PersonalData.Phone => "[phone]",
        PersonalData.Card => "[card]",
        PersonalData.Iban => "[iban]",
        PersonalData.IpAddress => "[ip]",
        _ => "[redacted]",
    };
}

/// <summary>Takes personal data out of texts: e-mail, telephone, card, IBAN, IP, and what a prompt's own patterns match. In time proportional to the text.</summary>
public sealed class Redactor
{
    private static readonly ConditionalWeakTable<ServingPolicy, Redactor> Made = [];
    private readonly ImmutableArray<Regex> patterns;

    private Redactor(ImmutableArray<Regex> patterns) => this.patterns = patterns;

    /// <summary>Takes out what it knows by itself.</summary>
    public static Redactor BuiltIn { get; } = new([]);

    /// <summary>Takes out what it knows by itself and what the policy's patterns match.</summary>
    /// <param name="policy">Its patterns are without <see cref="ServingPolicy.Problems"/>.</param>
    public static Redactor Of(ServingPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Redact.IsEmpty ? BuiltIn : Made.GetValue(policy, static policy =>
            new Redactor([.. policy.Redact.Select(pattern => new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant))]));
    }

    /// <summary>Whether it has patterns of a policy.</summary>
    internal bool HasPatterns => !patterns.IsEmpty;

    /// <summary>The text without what is personal; the same text where nothing is.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Without(text, text.Length, Find(text));
    }

    /// <summary>What is personal in a text, in order, nothing twice.</summary>
    public ImmutableArray<Redaction> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = ImmutableArray.CreateBuilder<Redaction>();
        PersonalDataScanner.Scan(text, found);
        if (patterns.IsEmpty) return found.DrainToImmutable();
        foreach (var pattern in patterns)
            foreach (var match in pattern.EnumerateMatches(text))
                if (match.Length > 0) found.Add(new Redaction(match.Index, match.Length, PersonalData.Custom));
        return Joined(found);
    }

    /// <summary>The beginning of a text without some stretches of it.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="end">How far it goes; a stretch that begins before it is replaced whole.</param>
    /// <param name="redactions">In order.</param>
    internal static string Without(string text, int end, ImmutableArray<Redaction> redactions)
    {
        if (redactions.IsEmpty) return end == text.Length ? text : text[..end];
        var (result, at) = (new StringBuilder(end), 0);
        foreach (var redaction in redactions.TakeWhile(redaction => redaction.Start < end))
        {
            result.Append(text, at, redaction.Start - at).Append(redaction.Mark);
            at = redaction.End;
        }
        return (at < end ? result.Append(text, at, end - at) : result).ToString();
    }

    // What overlaps becomes one stretch; a prompt's own pattern has the say in what it is called.
    private static ImmutableArray<Redaction> Joined(ImmutableArray<Redaction>.Builder found)
    {
        var joined = ImmutableArray.CreateBuilder<Redaction>(found.Count);
        foreach (var next in found.OrderBy(one => one.Start).ThenByDescending(one => one.Length))
        {
            if (joined.Count == 0 || joined[^1].End <= next.Start) joined.Add(next);
            else
            {
                var last = joined[^1];
                var kind = last.Kind == PersonalData.Custom ? last.Kind : next.Kind;
                joined[^1] = new Redaction(last.Start, Math.Max(last.End, next.End) - last.Start, kind);
            }
        }
        return joined.ToImmutable();
    }
}
