using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Numerics;
using System.Text;
using BenchmarkDotNet.Attributes;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Bench.Core;

internal sealed class ResolveBenchmark : Benchmark
{
    public override string Name => "resolve";

    public override Task<Table> MeasureAsync(Effort effort) => Task.FromResult(new Table("Resolve among 10,000 prompts",
        Micro.Measure<ResolveOperations>(effort,
            (nameof(ResolveOperations.Resolve), "tenant and model looked for in vain, a canary's bucket", new Goal(100e-9, 0)),
            (nameof(ResolveOperations.Floor), "for comparison: the same by hand", null),
            (nameof(ResolveOperations.Any), "the same, another of 1,024 prompts each time", null),
            (nameof(ResolveOperations.AnyFloor), "for comparison: that by hand", null),
            (nameof(ResolveOperations.Conditions), "the same, three conditions first", null),
            (nameof(ResolveOperations.Stable), "no release", null),
            (nameof(ResolveOperations.Change), "one prompt's record replaced", null),
            (nameof(ResolveOperations.ChangeFrozen), "for comparison: a FrozenDictionary made anew", null),
            (nameof(ResolveOperations.ChangeDictionary), "for comparison: a Dictionary copied", null)),
        "The unit is another one each time, the prompt one of the eight that an application asks for, so that what is needed of them lies near; another of 1,024 each time shows what memory costs beside the work. Each prompt has variants of 20 tenants and one model and a release at 5 %; the unit is a UUID. By hand: three look-ups and a MurmurHash3 of salt and unit, " +
        "no classes, no reasons, no revision. A record is replaced whenever a release takes a step."));
}

/// <summary>What is timed of resolving.</summary>
public class ResolveOperations
{
    private const int Prompts = 10_000, Asked = 1024, Near = 8;

    private static readonly Snapshot snapshot;
    private static readonly FrozenDictionary<string, FloorRoute> floor;
    private static readonly FrozenDictionary<string, Route> frozen;
    private static readonly Dictionary<string, Route> dictionary;
    private static readonly ResolveRequest[] requests, any, eligible, stable;
    private static readonly Route replacement;
    private readonly Route changed = replacement;
    private int next;

    static ResolveOperations()
    {
        var variants = Enumerable.Range(0, 20).Select(tenant => new VariantKey($"tenant-{tenant}", null)).Append(new VariantKey(null, "large")).ToFrozenDictionary(key => key, _ => Served("2.0.0"));
        var routes = Enumerable.Range(0, Prompts).Select(number => RouteOf($"team_{number % 97}/prompt_{number}", Eligibility.Everybody)).ToList();
        routes.AddRange(Enumerable.Range(0, Near).Select(number => RouteOf($"team_{number % 97}/for_some_{number}", new Eligibility(
            [new("plan", ConditionOperator.In, ["pro", "team"]), new("app", ConditionOperator.VersionGte, ["1.6.0"]), new("address", ConditionOperator.Cidr, ["10.0.0.0/8"])]))));
        routes.AddRange(Enumerable.Range(0, Near).Select(number => new Route(Named($"team_{number % 97}/quiet_{number}"), number, Served("1.0.0"), null, null, ServingPolicy.Default)));
        snapshot = Snapshot.Empty(EnvironmentName.Production).With(routes);
        dictionary = routes.ToDictionary(route => route.Prompt.Value, StringComparer.Ordinal);
        frozen = dictionary.ToFrozenDictionary(StringComparer.Ordinal);
        floor = routes.ToFrozenDictionary(route => route.Prompt.Value, route => new FloorRoute(
            variants.Keys.Where(key => key.Tenant is not null).ToDictionary(key => key.Tenant!, _ => ""), new Dictionary<string, string> { ["large"] = "" }, Encoding.UTF8.GetBytes((route.Candidate?.Salt ?? "") + "\0"), 50_000), StringComparer.Ordinal);
        var known = new Dictionary<string, string> { ["plan"] = "team", ["app"] = "2.1.0", ["address"] = "10.1.2.3" };
        any = [.. Enumerable.Range(0, Asked).Select(number => Request($"team_{number * 7919 % Prompts % 97}/prompt_{number * 7919 % Prompts}", number, null))];
        requests = [.. Enumerable.Range(0, Asked).Select(number => any[number] with { Prompt = any[number % Near].Prompt })];
        eligible = [.. Enumerable.Range(0, Asked).Select(number => Request($"team_{number % Near % 97}/for_some_{number % Near}", number, known))];
        stable = [.. Enumerable.Range(0, Asked).Select(number => Request($"team_{number % Near % 97}/quiet_{number % Near}", number, null))];
        replacement = RouteOf("team_0/prompt_0", Eligibility.Everybody);
        Route RouteOf(string prompt, Eligibility eligibility) => new(
            Named(prompt), 1, Served("1.0.0"), new CandidateRoute(new ReleaseId(2), Served("1.1.0"), Samples.Parse<Share>("5%"), $"rel-2-{prompt.Length:x8}{prompt.GetHashCode(StringComparison.Ordinal):x8}", 1, eligibility), null, ServingPolicy.Default, variants);
    }

    /// <summary>Sees that it is buckets that are timed.</summary>
    public ResolveOperations()
    {
        if (!requests.Concat(any).Concat(eligible).All(request => Resolver.Resolve(snapshot, request) is Decision.Serve { Reason: ResolveReason.InCanary or ResolveReason.OutsideCanary }))
            throw new InvalidOperationException("A bucket was to be asked for.");
    }

    /// <summary>The goal's case.</summary>
    [Benchmark] public Decision Resolve() => Resolver.Resolve(snapshot, requests[next++ & (Asked - 1)]);

    /// <summary>Its work and nothing else.</summary>
    [Benchmark]
    public bool Floor() => ByHand(requests[next++ & (Asked - 1)]);

    /// <summary>The goal's case, whatever is asked for.</summary>
    [Benchmark] public Decision Any() => Resolver.Resolve(snapshot, any[next++ & (Asked - 1)]);

    /// <summary>Its work and nothing else.</summary>
    [Benchmark] public bool AnyFloor() => ByHand(any[next++ & (Asked - 1)]);

    /// <summary>With conditions.</summary>
    [Benchmark] public Decision Conditions() => Resolver.Resolve(snapshot, eligible[next++ & (Asked - 1)]);

    /// <summary>Without a release.</summary>
    [Benchmark] public Decision Stable() => Resolver.Resolve(snapshot, stable[next++ & (Asked - 1)]);

    /// <summary>A step of a release.</summary>
    [Benchmark] public Snapshot Change() => snapshot.With([changed]);

    /// <summary>The fastest table to read, when it has to change.</summary>
    [Benchmark]
    public FrozenDictionary<string, Route> ChangeFrozen()
    {
        var copy = new Dictionary<string, Route>(frozen, StringComparer.Ordinal) { [changed.Prompt.Value] = changed };
        return copy.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The usual table, when it has to change.</summary>
    [Benchmark] public Dictionary<string, Route> ChangeDictionary() => new(dictionary, StringComparer.Ordinal) { [changed.Prompt.Value] = changed };

    private bool ByHand(in ResolveRequest request)
    {
        if (!floor.TryGetValue(request.Prompt, out var route) || route.Tenants.ContainsKey(request.Tenant!) || route.Models.ContainsKey(request.Model!)) return false;
        Span<byte> bytes = stackalloc byte[128];
        route.Salt.CopyTo(bytes);
        var length = route.Salt.Length + Encoding.UTF8.GetBytes(request.UnitKey, bytes[route.Salt.Length..]);
        return (int)(((ulong)Murmur(bytes[..length]) * 1_000_000) >> 32) < route.Weight;
    }

    private static ResolveRequest Request(string prompt, int number, Dictionary<string, string>? attributes) =>
        new(new string(prompt), $"5c3d8535-f81a-4478-a6d3-{number:x12}", "tenant-unknown", "medium", attributes);

    private static PromptName Named(string name) => Samples.Parse<PromptName>(name);

    private static ServedVersion Served(string number) => new(new VersionId(Named("support_router"), Samples.Parse<VersionNumber>(number)), ContentHash.Of(Encoding.UTF8.GetBytes(number)));

    private static uint Murmur(ReadOnlySpan<byte> bytes)
    {
        var hash = 0u;
        var rest = bytes;
        for (; rest.Length >= 4; rest = rest[4..]) hash = BitOperations.RotateLeft(hash ^ (BitOperations.RotateLeft(BinaryPrimitives.ReadUInt32LittleEndian(rest) * 0xcc9e2d51, 15) * 0x1b873593), 13) * 5 + 0xe6546b64;
        var tail = 0u;
        for (var i = rest.Length - 1; i >= 0; i--) tail = tail << 8 | rest[i];
        hash ^= BitOperations.RotateLeft(tail * 0xcc9e2d51, 15) * 0x1b873593 ^ (uint)bytes.Length;
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }

    private sealed record FloorRoute(Dictionary<string, string> Tenants, Dictionary<string, string> Models, byte[] Salt, int Weight);
}
