using System.Globalization;
using Slipway.Core.Resolution;

namespace Slipway.Server.Gateway;

/// <summary>The headers that say which version answered, on every answer once a version is chosen, errors included.</summary>
internal static class SlipwayHeaders
{
    /// <summary>Says what was decided for a call.</summary>
    /// <param name="response">Not started yet.</param>
    /// <param name="call">The call.</param>
    /// <param name="age">How old the routing is by which it was decided.</param>
    public static void Write(HttpResponse response, GatewayCall call, TimeSpan age)
    {
        var headers = response.Headers;
        headers["x-slipway-prompt"] = call.Version.Prompt.Value;
        headers["x-slipway-version"] = call.Version.Number.Text;
        headers["x-slipway-arm"] = call.Serve.Arm == Arm.Candidate ? "candidate" : "stable";
        if (call.Serve.Release is { } release) headers["x-slipway-release"] = release.ToString();
        headers["x-slipway-revision"] = call.Serve.Revision.ToString(CultureInfo.InvariantCulture);
        headers["x-slipway-trace"] = call.TraceId;
        headers["x-slipway-cache-age"] = Milliseconds(age);
    }

    /// <summary>Says who answered in the end and how the answer stands to its contract.</summary>
    public static void WriteOutcome(HttpResponse response, GatewayCall call)
    {
        if (response.HasStarted) return;        // A slow stream was kept alive before it was known.
        if (!call.NeedsWholeAnswer && call.Asked.Stream && call.Fallback is null) return;      // A stream that goes out as it comes is checked at its end.
        response.Headers["x-slipway-contract"] = call.ContractAction is { } action && action != ContractActions.Observed ? action : call.Contract;
        if (call.Fallback is not { } fallback) return;
        response.Headers["x-slipway-fallback"] = fallback;
        response.Headers["x-slipway-version"] = call.Version.Number.Text;
        if (call.Version != call.Serve.Served.Version) response.Headers["x-slipway-arm"] = "stable";
    }

    /// <summary>A time as the headers write it.</summary>
    public static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

/// <summary>What call records say was done with an answer that broke its contract.</summary>
internal static class ContractActions
{
    public const string Observed = "observed", Retried = "retried", FellBack = "fell_back", Rejected = "rejected";
}
