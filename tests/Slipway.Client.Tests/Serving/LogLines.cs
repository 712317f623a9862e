using Microsoft.Extensions.Logging;

namespace Slipway.Client.Tests.Serving;

/// <summary>A log line.</summary>
internal sealed record LogLine(LogLevel Level, string Text);

/// <summary>Keeps what a client logs.</summary>
internal sealed class LogLines : ILogger<SlipwayClient>
{
    public SeenList<LogLine> Lines { get; } = new();

    public IEnumerable<LogLine> Loud => Lines.All.Where(line => line.Level >= LogLevel.Warning);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(new LogLine(logLevel, formatter(state, exception)));
}
