using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Slipway.Core.Wire;

namespace Slipway.Bench.Core;

internal sealed class CanonicalBenchmark : Benchmark
{
    public override string Name => "canonical";

    public override Task<Table> MeasureAsync(Effort effort) => Task.FromResult(new Table("Canonicalise and hash a package of 10 KB",
        Micro.Measure<CanonicalOperations>(effort,
            (nameof(CanonicalOperations.Whole), "parse, canonicalise, hash", new Goal(60e-6)),
            (nameof(CanonicalOperations.Parsed), "canonicalise and hash what is parsed", null),
            (nameof(CanonicalOperations.Parse), "for comparison: parse alone", null),
            (nameof(CanonicalOperations.Hash), "for comparison: SHA-256 alone", null)),
        "The document is the canonical package of a real submission: a template of 7 KB, an output schema of 20 fields, 8 variables and parameters. The goal holds with parsing in it."));
}

/// <summary>What is timed of canonical JSON.</summary>
public class CanonicalOperations
{
    private readonly byte[] canonical = Samples.Package(Samples.Template(7_000, Samples.Variables)).Json.ToArray();
    private readonly string text;
    private readonly JsonElement value;

    /// <summary>Makes the document.</summary>
    public CanonicalOperations()
    {
        text = Encoding.UTF8.GetString(canonical);
        value = JsonElement.Parse(canonical);
    }

    /// <summary>From text to hash.</summary>
    [Benchmark] public ContentHash Whole() => ContentHash.Of(CanonicalJson.Of(text));

    /// <summary>From a value to hash.</summary>
    [Benchmark] public ContentHash Parsed() => ContentHash.Of(CanonicalJson.Of(value));

    /// <summary>The platform's parser.</summary>
    [Benchmark] public JsonElement Parse() => JsonElement.Parse(text);

    /// <summary>The platform's hash.</summary>
    [Benchmark] public byte[] Hash() => SHA256.HashData(canonical);
}
