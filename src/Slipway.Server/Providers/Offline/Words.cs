using System.Collections.Frozen;

namespace Slipway.Server.Providers.Offline;

/// <summary>A word of a text, ready to be compared.</summary>
/// <param name="Text">Lower case, accents and apostrophes removed.</param>
/// <param name="Stem"><paramref name="Text"/> without plural, <c>-ing</c> and <c>-ed</c>.</param>
/// <param name="Start">Where the word starts in the text it was read from.</param>
/// <param name="IsCommon">Whether the word says nothing about the subject: "the", "please", "ich".</param>
/// <param name="Follows">Whether only a space, hyphen or underscore parts it from the word before, so that the two are a pair.</param>
internal readonly record struct Word(string Text, string Stem, int Start, bool IsCommon, bool Follows);

/// <summary>Reads words the way the offline model compares them.</summary>
internal static class Words
{
    private const int LongestWord = 40;     // longer runs are keys, hashes or noise; their beginning is enough

    // Words that tell no subject from another, in the languages customers mix; and words about messages themselves.
    private static readonly FrozenSet<string> Common = (
        "a an the and or but nor so than then as at by for from in into of off on onto out over to up with without about after " +
        "again before i me my mine we us our you your yours he him his she her it its they them their this that these those " +
        "there here who whom which what is am are was were be been being do does did done has have had having can could may " +
        "might must shall should will would im ive id ill not no yes dont doesnt didnt isnt arent wasnt cant couldnt wont " +
        "wouldnt havent hasnt how when where why if else just only very really never always back away new old make made come " +
        "came put take took give gave let see look show longer theirs too also any some all each every more most much many few " +
        "such same other own now ever still yet get got go going one two please pls hi hello hey dear thanks thank ok okay " +
        "sorry thing something anything everything nothing someone anyone because while until thats customer user message text " +
        "say said tell ask asks mention write wrote want need know like concern kind etc example eg der die das den dem des ein " +
        "eine einen einem einer und oder aber ist sind war ich mich mir mein meine meinen du sie wir uns ihr es nicht kein " +
        "keine auf aus bei mit von zu zum zur fur wie wo wann warum bitte danke hallo noch schon hat habe haben wird kann el la " +
        "los las un una unos unas y o pero que de del en con por para mi mis se su sus lo le son hola gracias como cuando muy " +
        "les et ou mais je j ai mon ma mes vous nous il elle est sont pas ne pour dans sur avec ce cette bonjour merci").Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The words of a text in order; empty for a text without letters or digits.</summary>
    public static List<Word> Of(string text)
    {
        var words = new List<Word>(text.Length / 6 + 1);
        Span<char> buffer = stackalloc char[LongestWord];
        var follows = false;
        for (var at = 0; at < text.Length;)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                follows = follows && text[at] is ' ' or '-' or '_';
                at++;
                continue;
            }
            var (start, length) = (at, 0);
            for (; at < text.Length && (char.IsLetterOrDigit(text[at]) || IsInnerApostrophe(text, at)); at++)
                if (length < LongestWord && char.IsLetterOrDigit(text[at])) buffer[length++] = Fold(text[at]);
            var word = new string(buffer[..length]);
            var stem = Stem(word);
            words.Add(new Word(word, stem, start, length == 1 || Common.Contains(word) || Common.Contains(stem), follows));
            follows = true;
        }
        return words;
    }

    /// <summary>A word without its plural, <c>-ing</c> or <c>-ed</c>: not always a word, but the same for all its forms.</summary>
    public static string Stem(string word)
    {
        if (word.Length < 4 || char.IsDigit(word[0])) return word;
        var stem = word.AsSpan();
        if (stem.EndsWith("ies") && stem.Length > 4) return string.Concat(stem[..^3], "y");
        if (stem[^1] == 's' && stem[^2] is not ('s' or 'u' or 'i')) stem = stem[..^1];
        if (stem.EndsWith("ing") && stem.Length > 5) stem = stem[..^3];
        else if (stem.EndsWith("ed") && stem.Length > 4) stem = stem[..^2];
        if (stem[^1] == 'e' && stem.Length > 4) stem = stem[..^1];
        if (stem.Length > 3 && stem[^1] == stem[^2]) stem = stem[..^1];     // cancelled and cancel, billing and bill
        return stem.Length == word.Length ? word : stem.ToString();
    }

    // can't and cant, O’Neil and oneil: customers leave the apostrophe out as often as not.
    private static bool IsInnerApostrophe(string text, int at) =>
        text[at] is '\'' or '’' && at + 1 < text.Length && char.IsLetter(text[at + 1]);

    private static char Fold(char letter) => char.ToLowerInvariant(letter) switch
    {
        'à' or 'á' or 'â' or 'ã' or 'ä' or 'å' or 'æ' => 'a',
        'ç' => 'c',
        'è' or 'é' or 'ê' or 'ë' => 'e',
        'ì' or 'í' or 'î' or 'ï' => 'i',
        'ñ' => 'n',
        'ò' or 'ó' or 'ô' or 'õ' or 'ö' or 'ø' or 'œ' => 'o',
        'ù' or 'ú' or 'û' or 'ü' => 'u',
        'ý' or 'ÿ' => 'y',
        'ß' => 's',
        var plain => plain,
    };
}
