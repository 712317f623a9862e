namespace Slipway.Cli.Prompts;

/// <summary>A manifest's file while it is read.</summary>
/// <param name="Path">The file, as it was asked for.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Problems">Takes what is wrong with it and with the files it names.</param>
internal sealed record ManifestSource(string Path, ManifestForm Form, List<ManifestProblem> Problems)
{
    /// <summary>Adds a problem with a value of the manifest.</summary>
    public void Report(ManifestNode place, string message) => Problems.Add(new ManifestProblem(Path, place.Line, place.Column, message));

    /// <summary>The text of a file that a key names.</summary>
    /// <returns>Null, after saying so, where it cannot be read.</returns>
    public (string Path, string Text)? Open(string key, ManifestNode.Scalar name)
    {
        if (!ManifestFiles.TryLocate(System.IO.Path.GetDirectoryName(Path) ?? "", name.Text, out var file, out var refusal))
        {
            Report(name, $"{key} \"{TextFile.Excerpt(name.Text)}\" {refusal}.");
            return null;
        }
        switch (TextFile.Open(file))
        {
            case TextFile.Read read: return (file, read.Text);
            case TextFile.Unreadable { Line: null } unreadable: Report(name, $"{key} names {TextFile.Excerpt(name.Text)}: {unreadable.Why}"); break;
            case TextFile.Unreadable unreadable: Problems.Add(new ManifestProblem(file, unreadable.Line, unreadable.Column, unreadable.Why)); break;
        }
        return null;
    }
}

/// <summary>A template and where it stands.</summary>
/// <param name="Key">The key that holds or names it.</param>
/// <param name="Text">Its text.</param>
/// <param name="File">The file it is in: its own, or the manifest.</param>
/// <param name="Inline">Its place in the manifest; null where it has a file of its own.</param>
internal sealed record PlacedText(string Key, string Text, string File, ManifestNode? Inline)
{
    /// <summary>A problem at a line and column of the text. In a manifest the text's beginning is named: how its lines are folded there, only YAML knows.</summary>
    public ManifestProblem Problem(int line, int column, string message) =>
        Inline is null ? new ManifestProblem(File, line, column, message) : new ManifestProblem(File, Inline.Line, Inline.Column, $"{Key}: {message}");
}
