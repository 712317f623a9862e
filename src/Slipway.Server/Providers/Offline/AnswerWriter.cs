using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Server.Providers.Offline;

/// <summary>Puts an answer into the form the prompt asked for, also where that form breaks what the caller expects.</summary>
internal sealed class AnswerWriter(PromptReading prompt, UserText message, ImmutableArray<Instruction> instructions, Choice choice)
{
    private readonly Language language = instructions.OfType<Instruction.UseLanguage>().FirstOrDefault() switch
    {
        null => Language.English,
        { Language: { } named } => named,
        _ => message.Language(),
    };

    /// <summary>The whole answer.</summary>
    public string Write()
    {
        var body = prompt.Output.Fields.IsEmpty ? Plain() : Json();
        if (instructions.OfType<Instruction.UseFence>().Any())
            body = $"```{(prompt.Output.Fields.IsEmpty ? "" : "json")}\n{body}\n```";
        var prose = instructions.OfType<Instruction.AddProse>().Distinct().ToList();
        return string.Join('\n', [.. prose.Where(p => !p.AtEnd).Select(Say), body, .. prose.Where(p => p.AtEnd).Select(Say)]);
    }

    private string Plain() => choice.Label.Length > 0 ? choice.Label : Shorten(Phrases.Summary(language, choice.Words));

    private string Json() => $"{{{string.Join(", ", prompt.Output.Fields.Select(field => $"{Quote(field.Name)}: {ValueOf(field)}"))}}}";

    private string ValueOf(Field field) => field switch
    {
        Field.Label => Quote(choice.Label),
        Field.Choice options => options.IsLiteral ? ValueOf(options) : Quote(ValueOf(options)),
        Field.Number => choice.Certainty.ToString("0.##", CultureInfo.InvariantCulture),
        Field.List => $"[{string.Join(", ", choice.Words.Select(Quote))}]",
        _ => Quote(Shorten(choice.Label.Length > 0
            ? Phrases.Reason(language, choice.Words, choice.Label) : Phrases.Summary(language, choice.Words))),
    };

    private string ValueOf(Field.Choice field)
    {
        if (instructions.OfType<Instruction.SetField>().FirstOrDefault(set => set.Field == field.Name) is { } set) return set.Value;
        var scores = new double[field.Options.Length];
        field.Words.Score(message.Words, scores);
        var best = scores.AsSpan().IndexOf(scores.Max());
        return field.Options[scores[best] > 0 ? best : field.Default];
    }

    private string Say(Instruction.AddProse prose) =>
        prose.Literal ?? Shorten(Phrases.Prose(prose.Kind, language, choice.Words, choice.Label));

    private string Shorten(string text)
    {
        var words = text.Split(' ');
        var most = Math.Min(words.Length, prompt.Output.MaxWords ?? int.MaxValue);
        while (most > 1 && Cut(words, most).Length > prompt.Output.MaxCharacters) most--;
        return Cut(words, most);
    }

    private static string Cut(string[] words, int most) => most == words.Length ? string.Join(' ', words) : $"{string.Join(' ', words[..most]).TrimEnd(',', ':', '.')}.";

    // Relaxed, because an answer is no HTML: a model writes "ü" and "'" as they are.
    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
