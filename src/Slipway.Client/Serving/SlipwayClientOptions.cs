using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Slipway.Core.Releases;

namespace Slipway.Client;

/// <summary>How an application follows a Slipway server.</summary>
public sealed class SlipwayClientOptions
{
    /// <summary>The server's address, e.g. <c>https://slipway.example.com</c>; required.</summary>
    public Uri? Server { get; set; }

    /// <summary>An API key that may read snapshots and report calls; null sends none. It is never logged and never written to disk.</summary>
    public string? Key { get; set; }

    /// <summary>Which environment is served: <c>development</c>, <c>staging</c> or <c>production</c>, which is the default.</summary>
    public string Environment { get; set; } = EnvironmentName.Production.Value;

    /// <summary>What this process is called in the server's list of instances, 1 to 100 visible ASCII characters. Default: the host's name and a random part.</summary>
    public string Instance { get; set; } = InstanceName();

    /// <summary>Where the last known good state is kept for a start without the server; null keeps none, which is the default. Several processes may share one.</summary>
    public string? CacheFolder { get; set; }

    /// <summary>How long the first requests wait for the first snapshot, counted from the start of the client. Default: 2 s.</summary>
    public TimeSpan FirstSnapshotTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one request to the server may take. Default: 10 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream may be silent before it counts as broken; the server sends a heartbeat every 3 s. Default: 7 s.</summary>
    public TimeSpan StreamSilence { get; set; } = TimeSpan.FromSeconds(7);

    /// <summary>How often the server is asked while there is no stream. Default: 5 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a candidate is served after the server was heard last. Default: 10 s, the longest there is: a rollback must reach everybody by then.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many calls, and how many outcomes, wait for being reported; what comes to a full queue is dropped and counted. Default: 10,000.</summary>
    public int ReportQueue { get; set; } = 10_000;

    /// <summary>How long reports are gathered before they are sent. Default: 1 s.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of the client waits for reports that are not sent yet. Default: 2 s.</summary>
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What requests go through, e.g. for a proxy; many clients in one process may share one. Null: a handler of the client's own. It is not disposed of here.</summary>
    public HttpMessageHandler? Handler { get; set; }

    /// <summary>Over how long the answers of many instances to one change are spread; what an answer says of time is when the change was applied.</summary>
    internal TimeSpan AcknowledgementSpread { get; set; } = TimeSpan.FromMilliseconds(100);

    internal EnvironmentName Served => EnvironmentName.TryParse(Environment, out var environment) ? environment : throw new InvalidOperationException("The options have problems.");

    /// <summary>All that is wrong, a sentence each; empty where nothing is.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (Server is null) problems.Add("Slipway needs the address of its server: set Server, e.g. to https://slipway.example.com.");
        else if (!Server.IsAbsoluteUri || Server.Scheme is not ("http" or "https")) problems.Add($"Slipway's Server must be an address that begins with http:// or https://, and is {Server}.");
        if (Key is { } key && (key.Length == 0 || key.AsSpan().ContainsAnyExceptInRange('!', '~'))) problems.Add("Slipway's Key is no API key: it is empty or has characters that no key has. Leave it null to send none.");
        if (!EnvironmentName.TryParse(Environment, out _)) problems.Add($"Slipway's Environment must be {EnvironmentName.Form}, and is \"{Environment}\".");
        if (Instance is not { Length: >= 1 and <= 100 } || Instance.AsSpan().ContainsAnyExceptInRange('!', '~')) problems.Add("Slipway's Instance must have 1 to 100 visible ASCII characters.");
        if (CacheFolder is { } folder && string.IsNullOrWhiteSpace(folder)) problems.Add("Slipway's CacheFolder must name a folder; leave it null to keep nothing on disk.");
        Within(nameof(FirstSnapshotTimeout), FirstSnapshotTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Within(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Within(nameof(StreamSilence), StreamSilence, TimeSpan.FromSeconds(4), TimeSpan.FromMinutes(5));
        Within(nameof(PollInterval), PollInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Within(nameof(Lease), Lease, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        Within(nameof(ReportInterval), ReportInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Within(nameof(FlushTimeout), FlushTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        if (ReportQueue is < 1 or > 1_000_000) problems.Add($"Slipway's ReportQueue must be from 1 to 1000000, and is {ReportQueue}.");
        return problems.ToImmutable();

        void Within(string name, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most) problems.Add(FormattableString.Invariant($"Slipway's {name} must be from {least.TotalSeconds} to {most.TotalSeconds} s, and is {value.TotalSeconds} s."));
        }
    }

    /// <summary>Where it goes and as whom; never the key.</summary>
    public override string ToString() => $"{Instance} at {Server} in {Environment}";

    private static string InstanceName() =>
        string.Concat(System.Environment.MachineName.Where(character => character is >= '!' and <= '~').Take(60)) + "-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
}

/// <summary>Says at the start of the application what is wrong with its options.</summary>
internal sealed class SlipwayClientOptionsValidator : IValidateOptions<SlipwayClientOptions>
{
    public ValidateOptionsResult Validate(string? name, SlipwayClientOptions options) =>
        options.Problems() is { IsEmpty: false } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
