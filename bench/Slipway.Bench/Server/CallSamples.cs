using System.Globalization;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Bench.Server;

/// <summary>Calls as a busy installation has them: ten prompts with two versions each, latencies and tokens of a long-tailed spread, drawn alike in every run.</summary>
internal sealed class CallSamples(bool withTexts)
{
    private const int Prompts = 10, Tenants = 200, Users = 20_000;
    private static readonly JsonElement Parameters = JsonElement.Parse("""{"temperature":0,"max_tokens":300}""");
    private static readonly ContentHash Package = ContentHash.Of("package"u8);
    private static readonly string Text = new('x', 600);
    private readonly Random random = new(4);

    /// <summary>A call that arrived at a moment.</summary>
    public CallRecord At(DateTimeOffset moment)
    {
        var latency = 800 * Math.Exp(0.7 * Gaussian());
        var (candidate, user) = (random.Next(10) == 0, random.Next(Users));
        return new CallRecord
        {
            TraceId = Hex(16),
            SpanId = Hex(8),
            StartedAt = moment,
            Environment = EnvironmentName.Production,
            Prompt = PromptOf(random.Next(Prompts)),
            PromptVersion = candidate ? "1.6.0" : "1.5.2",
            PackageHash = Package,
            Arm = candidate ? Arm.Candidate : Arm.Stable,
            Release = new ReleaseId(7),
            Epoch = 1,
            Reason = candidate ? ResolveReason.InCanary : ResolveReason.OutsideCanary,
            UnitKey = $"conversation-{random.Next()}",
            Tenant = TenantOf(random.Next(Tenants)),
            UserKey = UserOf(user),
            Provider = "openai",
            Model = "gpt-4.1-2025-04-14",
            Parameters = Parameters,
            SchemaValid = random.Next(100) > 0,
            Refused = false,
            FinishReason = "stop",
            Route = "billing",
            InputTokens = (int)(600 * Math.Exp(0.5 * Gaussian())),
            OutputTokens = (int)(120 * Math.Exp(0.6 * Gaussian())),
            Cost = random.Next(100, 90_000) / 10_000_000m,
            LatencyMs = latency,
            TimeToFirstTokenMs = latency / 4,
            Input = withTexts ? Text : null,
            Output = withTexts ? Text : null,
        };
    }

    public static string PromptOf(int number) => string.Create(CultureInfo.InvariantCulture, $"support_router_{number}");

    public static string TenantOf(int number) => string.Create(CultureInfo.InvariantCulture, $"tenant-{number}");

    private static string UserOf(int number) => string.Create(CultureInfo.InvariantCulture, $"user-{number}");

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private string Hex(int bytes)
    {
        Span<byte> drawn = stackalloc byte[bytes];
        random.NextBytes(drawn);
        return Convert.ToHexStringLower(drawn);
    }
}
