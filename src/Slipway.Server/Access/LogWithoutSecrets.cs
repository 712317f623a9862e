using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Slipway.Server.Access;

/// <summary>Writes log lines, and takes out what looks like a key: nobody logs one on purpose, but a caller may put one into an address, a header that is
/// quoted as malformed, or a reason, and a provider may echo one.</summary>
internal sealed partial class LogWithoutSecrets(ServerOptions options) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "slipway";

    private const string Instead = "[secret]";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = $"{Word(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {logEntry.Formatter(logEntry.State, logEntry.Exception)}";
        if (logEntry.Exception is { } exception) line += $" {exception}";
        textWriter.WriteLine(OneLine(Without(line)));
    }

    /// <summary>A text without the keys in it.</summary>
    public string Without(string text)
    {
        foreach (var provider in options.Providers)
            if (!string.IsNullOrEmpty(provider.Key)) text = text.Replace(provider.Key, Instead, StringComparison.Ordinal);
        return Key().Replace(Bearer().Replace(text, "Bearer " + Instead), Instead);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    // Shorter than a whole secret, so that one which is quoted cut off goes too.
    [GeneratedRegex("slw_[A-Za-z0-9_-]{8,}")] private static partial Regex Key();

    [GeneratedRegex(@"Bearer\s+\S+", RegexOptions.IgnoreCase)] private static partial Regex Bearer();
}
