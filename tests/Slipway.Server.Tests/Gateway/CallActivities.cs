using System.Collections.Concurrent;
using System.Diagnostics;

namespace Slipway.Server.Tests.Gateway;

/// <summary>Listens to what the gateway tells OpenTelemetry.</summary>
internal static class CallActivities
{
    private static readonly ConcurrentDictionary<string, Activity> Stopped = new(StringComparer.Ordinal);
    private static readonly ActivityListener Listener = Listen();

    /// <summary>Begins to listen, where nobody does yet.</summary>
    public static void Start() => ActivitySource.AddActivityListener(Listener);

    /// <summary>The activity of a call, once it is over.</summary>
    public static async Task<Activity> OfAsync(string trace)
    {
        Activity? found = null;
        await Some.Eventually(() => Task.FromResult(Stopped.TryGetValue(trace, out found)), $"the activity of {trace}");
        return found!;
    }

    private static ActivityListener Listen() => new()
    {
        ShouldListenTo = source => source.Name == "Slipway",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        ActivityStopped = activity => Stopped[activity.TraceId.ToHexString()] = activity,
    };
}
