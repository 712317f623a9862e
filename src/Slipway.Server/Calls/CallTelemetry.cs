using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Slipway.Core.Calls;

namespace Slipway.Server.Calls;

/// <summary>Tells OpenTelemetry of the calls this server makes: metrics with the names of the GenAI conventions, and the gateway's activities, both exported by OTLP where that is asked for. Never a text.</summary>
internal sealed class CallTelemetry : IDisposable
{
    /// <summary>The name of the source of activities and of the meter.</summary>
    public const string Name = "Slipway";

    private readonly Meter meter = new(Name);
    private readonly Histogram<double> duration, firstChunk;
    private readonly Histogram<long> tokens;
    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;

    /// <summary>Measures, and exports where the options say so.</summary>
    public CallTelemetry(ServerOptions options)
    {
        // The bounds that the conventions advise.
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };
        duration = meter.CreateHistogram("gen_ai.client.operation.duration", "s", "How long a call took.", null, seconds);
        firstChunk = meter.CreateHistogram("gen_ai.client.operation.time_to_first_chunk", "s", "How long the first piece of a streamed answer took.", null, seconds);
        tokens = meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "How many tokens a call used.", null, new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
        });
        if (options.Otlp is not { } otlp) return;
        var resource = ResourceBuilder.CreateDefault().AddService("slipway", serviceVersion: typeof(CallTelemetry).Assembly.GetName().Version?.ToString());
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Name).AddOtlpExporter(exporter => To(exporter, otlp, "v1/traces")).Build();
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Name).AddOtlpExporter((exporter, _) => To(exporter, otlp, "v1/metrics")).Build();
    }

    /// <summary>Measures a call; costs next to nothing where nobody listens.</summary>
    public void Record(CallRecord call)
    {
        // Whoever adds these up asks what users met.
        if (call.Arm == Core.Resolution.Arm.Shadow) return;
        if (!duration.Enabled && !tokens.Enabled && !firstChunk.Enabled) return;
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", call.Provider.Split(' ', 2)[0] },
            { "gen_ai.request.model", call.Model },
        };
        if (call.Prompt is not null)
        {
            tags.Add("gen_ai.prompt.name", call.Prompt);
            tags.Add("gen_ai.prompt.version", call.PromptVersion);
        }
        if (call.InputTokens is { } sent) tokens.Record(sent, [.. tags, new("gen_ai.token.type", "input")]);
        if (call.OutputTokens is { } answered) tokens.Record(answered, [.. tags, new("gen_ai.token.type", "output")]);
        if (call.TimeToFirstTokenMs is { } first) firstChunk.Record(first / 1_000, tags);
        if (call.Error is not null) tags.Add("error.type", "_OTHER");
        if (!call.Abandoned) duration.Record(call.LatencyMs / 1_000, tags);
    }

    /// <summary>Sends what is left, and ends.</summary>
    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
        meter.Dispose();
    }

    // An endpoint that is set here is taken as it is, so the path belongs to it.
    private static void To(OtlpExporterOptions exporter, Uri otlp, string path) =>
        (exporter.Protocol, exporter.Endpoint) = (OtlpExportProtocol.HttpProtobuf, new Uri($"{otlp.AbsoluteUri.TrimEnd('/')}/{path}"));
}
