using System.Collections.Immutable;

namespace Slipway.Core.Prompts;

/// <summary>Tells a reason from an excuse: months later the reason is what a reader of the log has.</summary>
public static class ChangeReasons
{
    private const int FewestWords = 3;
    private const int FewestTelling = 2;

    // Words that say that something changed, but neither what nor why.
    private static readonly ImmutableHashSet<string> Empty = ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase,
        "a", "an", "the", "this", "that", "it", "its", "of", "in", "on", "to", "for", "and", "or", "with", "by", "some", "more", "again", "now", "just", "my", "our",
        "prompt", "prompts", "template", "templates", "wording", "text", "texts", "version", "versions", "manifest", "message", "messages", "system", "file", "files",
        "update", "updates", "updated", "updating", "change", "changes", "changed", "changing", "edit", "edits", "edited", "editing", "tweak", "tweaks", "tweaked",
        "fix", "fixes", "fixed", "fixing", "improve", "improves", "improved", "improvement", "improvements", "adjust", "adjusted", "adjustment", "adjustments",
        "adapt", "adapted", "modify", "modified", "modification", "rework", "reworked", "refactor", "refactored", "cleanup", "clean", "cleaned", "up", "minor", "small",
        "little", "various", "several", "stuff", "things", "thing", "misc", "wip", "test", "testing", "try", "new", "newer", "better", "good", "release", "bump", "bumped",
        "next", "first", "initial", "commit", "draft", "todo", "tbd", "asdf", "foo", "see", "above", "below", "ticket", "is", "was", "been", "has", "be", "done", "made");

    /// <summary>What is wrong with a reason, with a hint what to write; null where it is one.</summary>
    /// <param name="reason">As written.</param>
    /// <param name="field">What the field is called where it stands.</param>
    public static string? Problem(string? reason, string field)
    {
        const string Hint = "say what was wrong and what gets better, as in: Improve account recovery routing without increasing billing misroutes.";
        if (string.IsNullOrWhiteSpace(reason)) return $"{field} is empty: {Hint}";
        // Scripts that put no space between words are judged by length.
        if (reason.Count(letter => letter >= '\u2E80') >= 6) return null;
        var words = reason.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')')).Where(word => word.Length > 0).ToList();
        return words.Count >= FewestWords && words.Where(word => !Empty.Contains(word)).Distinct(StringComparer.OrdinalIgnoreCase).Count() >= FewestTelling
            ? null
            : $"{field} \"{Shown(reason)}\" does not say why: {Hint}";
    }

    private static string Shown(string reason) => reason.Trim() is { Length: <= 80 } text ? text : reason.Trim()[..79] + "…";
}
