using Slipway.Server.Storage;

namespace Slipway.Server.Calls;

/// <summary>Removes what is older than it is kept: calls by the age of their environment, what they came to long after.</summary>
internal sealed partial class CallRetention(ICallLog calls, ServerOptions options, TimeProvider clock, ILogger<CallRetention> log) : BackgroundService
{
    /// <summary>How long the calls of an environment are kept where nobody said.</summary>
    public static TimeSpan DefaultFor(EnvironmentName environment) => TimeSpan.FromDays(environment == EnvironmentName.Production ? 90 : 30);

    /// <summary>How long what calls came to per minute is kept.</summary>
    public static readonly TimeSpan Counts = TimeSpan.FromDays(400);

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How long the calls of an environment are kept.</summary>
    public static TimeSpan AgeOf(ServerOptions options, EnvironmentName environment) => options.Retention.TryGetValue(environment, out var age) ? age : DefaultFor(environment);

    /// <summary>Removes what is too old now.</summary>
    public static void Remove(ICallLog calls, ServerOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        // A little at a time: whoever stores calls waits for none of it long.
        foreach (var environment in EnvironmentName.All)
            while (!cancellation.IsCancellationRequested && !calls.RemoveCalls(environment, now - AgeOf(options, environment))) { }
        var longest = EnvironmentName.All.Max(environment => AgeOf(options, environment));
        while (!cancellation.IsCancellationRequested && !calls.RemoveOutcomes(now - longest)) { }
        var counts = longest > Counts ? longest : Counts;
        while (!cancellation.IsCancellationRequested && !calls.RemoveCounts(now - counts)) { }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before the server answers: a first pass over a large log takes its time.
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                try
                {
                    Remove(calls, options, clock.GetUtcNow(), stoppingToken);
                }
                catch (StorageException exception)
                {
                    LogFailure(exception.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; the next pass goes on where this one ended.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old calls could not be removed; it is tried again within the hour: {Reason}")]
    private partial void LogFailure(string reason);
}
