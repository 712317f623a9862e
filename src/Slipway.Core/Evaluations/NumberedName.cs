using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Evaluations;

/// <summary>The spelling <c>NAME:vN</c> of what has versions that count from 1.</summary>
internal static class NumberedName
{
    /// <summary>What a version looks like behind a name; no leading zero, so that one version has one spelling.</summary>
    public const string VersionPattern = ":v([1-9][0-9]{0,9})";

    /// <summary>The name and the version; null where the text was none.</summary>
    /// <param name="match">Of a pattern whose first group is the name and whose second is the version.</param>
    public static (string Name, int Version)? Read(Match match) =>
        match.Success && int.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? (match.Groups[1].Value, version) : null;

    /// <summary>Writes both as they are read.</summary>
    public static string Write(string name, int version) => $"{name}:v{version.ToString(CultureInfo.InvariantCulture)}";
}
