using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Bench.Core;

internal sealed class RenderBenchmark : Benchmark
{
    public override string Name => "render";

    public override Task<Table> MeasureAsync(Effort effort) => Task.FromResult(new Table("Render a template of 2 KB with 8 variables",
        Micro.Measure<RenderOperations>(effort,
            (nameof(RenderOperations.Text), "Template.Render", new Goal(1e-6)),
            (nameof(RenderOperations.Utf8), "Template.RenderTo, UTF-8", null),
            (nameof(RenderOperations.Four), "Template.Render, 0.4 KB with 4 variables", new Goal(260e-9)),
            (nameof(RenderOperations.Gateway), "Package.Render, the variables checked first", null),
            (nameof(RenderOperations.Copy), "for comparison: the output's bytes to a string", null)),
        "From a parsed request, as the gateway has it. `Package.Render` is all a request pays: the variables are held against their contract, then rendered."));
}

/// <summary>What is timed of rendering.</summary>
public class RenderOperations
{
    private readonly ArrayBufferWriter<byte> output = new(8192);
    private readonly Template template = Parse(Samples.Template(2_048, Samples.Variables)), small = Parse(Samples.Template(400, Samples.FewVariables));
    private readonly JsonElement variables = Samples.Values(Samples.Variables), few = Samples.Values(Samples.FewVariables);
    private readonly Package package = Samples.Package(Samples.Template(2_048, Samples.Variables));
    private readonly byte[] rendered;

    /// <summary>Renders once, to know the output.</summary>
    public RenderOperations() => rendered = Encoding.UTF8.GetBytes(((RenderResult.Done)Text()).Text);

    /// <summary>To a string.</summary>
    [Benchmark] public RenderResult Text() => template.Render(variables);

    /// <summary>To bytes.</summary>
    [Benchmark]
    public ImmutableArray<TemplateError> Utf8()
    {
        output.ResetWrittenCount();
        return template.RenderTo(output, variables);
    }

    /// <summary>A small template.</summary>
    [Benchmark] public RenderResult Four() => small.Render(few);

    /// <summary>With the variables' contract.</summary>
    [Benchmark] public PromptRendering Gateway() => package.Render(variables, []);

    /// <summary>The part of the work that no engine can save.</summary>
    [Benchmark] public string Copy() => Encoding.UTF8.GetString(rendered);

    private static Template Parse(string text) => ((TemplateParse.Parsed)Template.Parse(text)).Template;
}
