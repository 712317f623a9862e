namespace Slipway.Cli;

/// <summary>What a command says cannot be written, as on a full disk; its message is a sentence for a person.</summary>
internal sealed class OutputException(IOException cause) : Exception($"The output cannot be written: {cause.Message.TrimEnd('.')}.", cause);
