using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>Tells the language of a text: by its script where only one language is written so, else by its commonest words and letters.</summary>
/// <remarks>
/// A text of Latin letters gets a point for each word that stands among the commonest of a language, shared among the languages that have it, and
/// half a point for each word with a letter that only some languages write. The language with the most points wins where it has at least one and
/// a tenth more than the next; otherwise nobody can tell, and nobody guesses. Mixed texts are in the language of most of their words.
/// </remarks>
public static class LanguageDetector
{
    private static readonly (string Language, string Words, string Letters)[] Latin =
    [
        ("de", "der die das und ist nicht ich sie wir ein eine einen einem einer ihr ihre ihnen ihren mit für auf von dem den des im zu zum zur bei auch wird werden wurde haben hat kann können sind sich oder aber wenn wie was noch nur nach aus über unser unsere uns bitte danke mein meine dass diese dieser dieses keine kein so sehr gerne möchten wo als um vom bis durch hier jetzt heute mehr alle schon dann man es er", "äöüß"),
        ("en", "the and is are was were not you your we our us i my me a an of to in for on with that this these those it its be been has have had will would can could do does did if or but as at by from they their them there here what when which who how please thank thanks hello yes no now more all any about so just get let after before should may than then he she his her", ""),
        ("es", "el la los las un una unos unas de del y es son no se que en por para con su sus al lo como más pero si sí ya le les nos nuestro nuestra usted ustedes mi tu te está están ser ha han hay puede puedo gracias hola este esta esto estos estas muy también o cuando donde qué sin sobre todo todos desde hasta porque tiene tengo quiero hemos ahora aquí cuenta", "ñ¿¡"),
        ("fr", "le la les un une des du de et est sont ne pas je vous nous il elle ils elles que qui dans pour par sur avec au aux ce cette ces son sa ses votre vos notre nos mon ma mes se en y ou où mais si plus être avoir a ont été peut pouvez merci bonjour très tout tous aussi comme sans même fait d'un d'une c'est n'est qu'il l'on j'ai cela ici bien votre veuillez leur", "çœêèùëî"),
        ("it", "il lo la i gli le un uno una di del della dei delle degli dello e è sono non che in per con su da dal dalla al alla ai alle nel nella ci si mi ti vi ma se come più anche o questo questa questi queste suo sua suoi nostro nostra vostro ha hanno ho essere può posso grazie ciao molto tutto tutti quando dove cosa perché abbiamo stato stata sul sulla ancora qui lei noi", "ìò"),
        ("nl", "de het een en is zijn niet ik je jij u uw wij we ons onze van voor op met aan in te dat die dit deze er om bij naar ook als maar of dan wat hoe waar wie wordt worden werd heeft hebben had kan kunnen zal zullen moet nog wel geen door over uit tot graag bedankt dank hallo mijn hij zij ze hun meer alle al heel goed nu hier kunt bent wilt", ""),
        ("pt", "o a os as um uma uns umas de do da dos das e é são não se que em no na nos nas por para com seu sua seus suas ao à aos às como mais mas ou já lhe nosso nossa você vocês meu minha está estão ser foi tem têm há pode posso obrigado obrigada olá este esta isto esse essa isso muito também quando onde sem sobre tudo todos até porque tenho quero pelo pela agora aqui conta foram ele ela", "ãõ"),
    ];

    private static readonly FrozenDictionary<string, ImmutableArray<int>> LanguagesOfWord = Latin
        .SelectMany((language, index) => language.Words.Split(' ').Distinct().Select(word => (word, index)))
        .GroupBy(one => one.word, one => one.index, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);

    private static readonly (string Language, int From, int To)[] Scripts =
    [
        ("el", 0x0370, 0x03FF), ("ru", 0x0400, 0x04FF), ("he", 0x0590, 0x05FF), ("ar", 0x0600, 0x06FF), ("hi", 0x0900, 0x097F), ("th", 0x0E00, 0x0E7F),
        ("ja", 0x3040, 0x30FF), ("zh", 0x4E00, 0x9FFF), ("ko", 0xAC00, 0xD7AF),
    ];

    /// <summary>The languages that can be told, as ISO 639-1 codes in alphabetical order. Others that share a script with one of them are taken for it.</summary>
    public static ImmutableArray<string> Languages { get; } =
        [.. Latin.Select(language => language.Language).Concat(Scripts.Select(script => script.Language)).Append("uk").Order(StringComparer.Ordinal)];

    /// <summary>The language of a text as an ISO 639-1 code; null where it cannot be told.</summary>
    public static string? Detect(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OfScript(text) ?? OfWords(text);
    }

    /// <summary>Whether a text is more than a label or a name: two words, or a script that writes without spaces.</summary>
    internal static bool IsSentence(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetter)) > 1 || text.Count(c => c >= 0x0E00) > 3;

    private static string? OfScript(string text)
    {
        var letters = text.Count(char.IsLetter);
        if (letters == 0) return null;
        var counts = Scripts.Select(script => (script.Language, Count: text.Count(c => c >= script.From && c <= script.To))).ToList();
        var (language, most) = counts.MaxBy(one => one.Count);
        // Japanese writes Chinese signs between its own: a few of its own decide.
        var kana = counts.First(one => one.Language == "ja").Count;
        if (language == "zh" && kana * 10 >= most) (language, most) = ("ja", most + kana);
        if (most * 2 < letters) return null;
        return language == "ru" && text.Any(c => c is 'і' or 'ї' or 'є' or 'ґ' or 'І' or 'Ї' or 'Є' or 'Ґ') ? "uk" : language;
    }

    private static string? OfWords(string text)
    {
        Span<double> points = stackalloc double[Latin.Length];
        points.Clear();
        foreach (var word in Words(text))
        {
            if (LanguagesOfWord.TryGetValue(word, out var languages))
            {
                foreach (var index in languages) points[index] += 1.0 / languages.Length;
            }
            for (var index = 0; index < Latin.Length; index++)
            {
                if (word.AsSpan().ContainsAny(Latin[index].Letters)) points[index] += 0.5;
            }
        }
        var (best, next, winner) = (0.0, 0.0, -1);
        for (var index = 0; index < points.Length; index++)
        {
            if (points[index] > best) (best, next, winner) = (points[index], best, index);
            else next = Math.Max(next, points[index]);
        }
        return best >= 1 && best >= next * 1.1 ? Latin[winner].Language : null;
    }

    // Apostrophes join, as in "d'un"; the marks ¿ and ¡ count as letters of the word they stand before.
    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isPart = i < text.Length && (char.IsLetter(text[i]) || text[i] is '\'' or '’' or '¿' or '¡');
            if (isPart && start < 0) start = i;
            if (isPart || start < 0) continue;
            yield return text[start..i].Replace('’', '\'').ToLowerInvariant();
            start = -1;
        }
    }
}
