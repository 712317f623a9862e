using System.Collections.Immutable;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Slipway.Core.Contracts;

namespace Slipway.Bench.Core;

internal sealed class ValidateBenchmark : Benchmark
{
    public override string Name => "validate";

    public override Task<Table> MeasureAsync(Effort effort) => Task.FromResult(new Table("Hold an answer of 1 KB against a schema of 20 fields",
        Micro.Measure<ValidateOperations>(effort,
            (nameof(ValidateOperations.Fits), "an answer that fits", new Goal(5e-6, MostBytes: 0)),
            (nameof(ValidateOperations.OtherOrder), "its members in another order", new Goal(5e-6, MostBytes: 0)),
            (nameof(ValidateOperations.Wrong), "an answer with two mistakes, said in sentences", null),
            (nameof(ValidateOperations.Read), "for comparison: every token read", null)),
        "UTF-8 in; types, enums, lengths, ranges, patterns, a list of objects, no other members."));
}

/// <summary>What is timed of validation.</summary>
public class ValidateOperations
{
    private readonly JsonSchema schema = ((SchemaCompilation.Compiled)JsonSchema.Compile(JsonElement.Parse(Samples.Schema))).Schema;
    private readonly byte[] answer = Samples.Answer(reversed: false), reversed = Samples.Answer(reversed: true), wrong = Samples.WrongAnswer();

    /// <summary>Sees that the answers are what they are named after.</summary>
    public ValidateOperations()
    {
        if (!schema.IsValid(answer) || !schema.IsValid(reversed) || schema.Validate(wrong).Length != 2) throw new InvalidOperationException("The samples are wrong.");
    }

    /// <summary>Fits.</summary>
    [Benchmark] public ImmutableArray<SchemaViolation> Fits() => schema.Validate(answer);

    /// <summary>Fits, in an order that cannot be foreseen.</summary>
    [Benchmark] public ImmutableArray<SchemaViolation> OtherOrder() => schema.Validate(reversed);

    /// <summary>Does not fit.</summary>
    [Benchmark] public ImmutableArray<SchemaViolation> Wrong() => schema.Validate(wrong);

    /// <summary>The platform's reader.</summary>
    [Benchmark]
    public int Read()
    {
        var reader = new Utf8JsonReader(answer);
        var tokens = 0;
        while (reader.Read()) tokens++;
        return tokens;
    }
}
