namespace Slipway.Core.Contracts;

/// <summary>The general categories of Unicode under the names ECMA-262 gives them in <c>\p{…}</c>.</summary>
internal static class UnicodeCategories
{
    private static readonly Dictionary<string, string> Shorts = Read(
        """
        L Letter, Lu Uppercase_Letter, Ll Lowercase_Letter, Lt Titlecase_Letter, Lm Modifier_Letter, Lo Other_Letter,
        M Mark Combining_Mark, Mn Nonspacing_Mark, Mc Spacing_Mark, Me Enclosing_Mark,
        N Number, Nd Decimal_Number digit, Nl Letter_Number, No Other_Number,
        P Punctuation punct, Pc Connector_Punctuation, Pd Dash_Punctuation, Ps Open_Punctuation, Pe Close_Punctuation,
        Pi Initial_Punctuation, Pf Final_Punctuation, Po Other_Punctuation,
        S Symbol, Sm Math_Symbol, Sc Currency_Symbol, Sk Modifier_Symbol, So Other_Symbol,
        Z Separator, Zs Space_Separator, Zl Line_Separator, Zp Paragraph_Separator,
        C Other, Cc Control cntrl, Cf Format, Co Private_Use, Cn Unassigned
        """);

    /// <summary>The short name .NET understands, or null where no category has this name.</summary>
    public static string? Short(string name) => Shorts.GetValueOrDefault(name);

    private static Dictionary<string, string> Read(string table)
    {
        var shorts = new Dictionary<string, string>();
        foreach (var row in table.Split(','))
        {
            var names = row.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
            foreach (var name in names) shorts[name] = names[0];
        }
        return shorts;
    }
}
