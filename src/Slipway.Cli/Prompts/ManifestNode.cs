using System.Collections.Immutable;

namespace Slipway.Cli.Prompts;

/// <summary>A value of a manifest, YAML or JSON, that knows where it stands.</summary>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column in characters, from 1.</param>
internal abstract record ManifestNode(int Line, int Column)
{
    /// <summary>A text, number, truth value or nothing: as written, quotation marks taken off and escapes resolved.</summary>
    /// <remarks>A plain one stands without quotation marks, so it may be something else than a text; in JSON it always is.</remarks>
    internal sealed record Scalar(int Line, int Column, string Text, bool IsPlain) : ManifestNode(Line, Column)
    {
        /// <summary>Whether it is YAML's null, which has five spellings.</summary>
        public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
    }

    /// <summary>Values in order.</summary>
    internal sealed record List(int Line, int Column, ImmutableArray<ManifestNode> Items) : ManifestNode(Line, Column);

    /// <summary>Values by key; no key stands twice.</summary>
    internal sealed record Mapping(int Line, int Column, ImmutableArray<ManifestEntry> Entries) : ManifestNode(Line, Column);

    /// <summary>What this program does not read; the problem has been reported.</summary>
    internal sealed record Unread(int Line, int Column) : ManifestNode(Line, Column);
}

/// <summary>A key and its value.</summary>
internal sealed record ManifestEntry(ManifestNode.Scalar Key, ManifestNode Value);
