namespace Slipway.Core.Prompts;

/// <summary>Which version a new one follows. Versions of one major number are a line of their own, so that 1.x can be mended while 2.0 exists.</summary>
public static class VersionLine
{
    /// <summary>The newest version of the line that a number belongs to.</summary>
    /// <param name="prompt">The prompt; null where it does not exist yet.</param>
    /// <param name="number">The new number; null where it is still to be found: then the newest version of all is followed.</param>
    /// <returns>Null for the first version of a prompt.</returns>
    public static PromptVersion? Newest(Prompt? prompt, VersionNumber? number)
    {
        if (prompt is null) return null;
        var all = prompt.Versions.Where(version => version.Id.Number != number).OrderBy(version => version.Id.Number).ToList();
        if (number is null || number.Scheme == VersionScheme.Calendar) return all.LastOrDefault();
        return all.LastOrDefault(version => version.Id.Number.Major == number.Major)
            ?? all.LastOrDefault(version => version.Id.Number.Major < number.Major)
            ?? all.LastOrDefault();
    }
}
