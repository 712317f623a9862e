using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>JSON values as answers hold them, where anything may come.</summary>
internal static class JsonValues
{
    /// <summary>Why an answer that had to be JSON is wrong.</summary>
    public const string NotJson = "The answer is not JSON";

    /// <summary>Reads an answer.</summary>
    /// <returns>Null where the text is not JSON, or holds text that is not Unicode.</returns>
    public static JsonElement? Parse(string text) => PlacedJson.Parse(text, firstLine: 1, [])?.Root;

    /// <summary>Whether two values are the same JSON value: 1 is 1.0, the order of keys says nothing.</summary>
    public static bool Same(JsonElement left, JsonElement right)
    {
        try
        {
            return JsonElement.DeepEquals(left, right);
        }
        catch (ArgumentOutOfRangeException)     // an exponent beyond the comparison's reach, as in 1e99999999999
        {
            return left.GetRawText() == right.GetRawText();
        }
    }

    /// <summary>A value as a sentence shows it: texts in quotation marks as a person would read them, all of it short.</summary>
    public static string Show(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? $"\"{Excerpt(value.GetString()!)}\"" : Excerpt(value.GetRawText());

    /// <summary>A part of a text with up to 40 characters on both sides, <c>…</c> where more was left out.</summary>
    public static string Around(string text, int index, int length)
    {
        const int Side = 40;
        var (from, to) = (Math.Max(0, index - Side), Math.Min(text.Length, index + Math.Min(length, 80) + Side));
        if (from > 0 && char.IsLowSurrogate(text[from])) from++;
        if (to < text.Length && char.IsLowSurrogate(text[to])) to--;
        return $"{(from > 0 ? "…" : "")}{text[from..to]}{(to < text.Length ? "…" : "")}";
    }

    /// <summary>The first 160 characters of a text, with <c>…</c> where more follow; a pair of surrogates is never cut in two.</summary>
    public static string Excerpt(string text)
    {
        const int Length = 160;
        if (text.Length <= Length) return text;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Length - 1]) ? Length - 1 : Length), "…");
    }
}
