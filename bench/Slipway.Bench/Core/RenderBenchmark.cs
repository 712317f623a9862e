using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
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
            (nameof(RenderOperations.FourJson), "Template.RenderJson, 0.4 KB with 4 variables", new Goal(260e-9, 0)),
            (nameof(RenderOperations.FourByHand), "for comparison: that by hand", null),
            (nameof(RenderOperations.Written), "Package.WriteMessages, the variables checked first", null),
            (nameof(RenderOperations.Gateway), "Package.Render, the variables checked first", null),
            (nameof(RenderOperations.Copy), "for comparison: the output's bytes to a string", null)),
        "From a parsed request, as the gateway has it. `Package.Render` is all a request pays: the variables are held against their contract, then rendered. " +
        "`RenderJson` and `WriteMessages` write what stands in a request's body. By hand: the four values looked up, and they and the text between them escaped and copied."));
}

/// <summary>What is timed of rendering.</summary>
public partial class RenderOperations
{
    private readonly ArrayBufferWriter<byte> output = new(8192);
    private readonly Template template = Parse(Samples.Template(2_048, Samples.Variables)), small = Parse(Samples.Template(400, Samples.FewVariables));
    private readonly JsonElement variables = Samples.Values(Samples.Variables), few = Samples.Values(Samples.FewVariables);
    private readonly Package package = Samples.Package(Samples.Template(2_048, Samples.Variables));
    private readonly byte[][] names = [.. Samples.FewVariables.Select(variable => Encoding.UTF8.GetBytes(variable.Name))];
    private readonly byte[][] pieces = [.. Tags().Split(Samples.Template(400, Samples.FewVariables)).Select(piece => Encoding.UTF8.GetBytes(JsonEncodedText.Encode(piece, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()))];
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

    /// <summary>A small template, into a JSON string.</summary>
    [Benchmark]
    public ImmutableArray<TemplateError> FourJson()
    {
        output.ResetWrittenCount();
        return small.RenderJson(output, few);
    }

    /// <summary>Its work and nothing else.</summary>
    [Benchmark]
    public int FourByHand()
    {
        output.ResetWrittenCount();
        var span = output.GetSpan(4096);
        span[0] = (byte)'"';
        var at = 1;
        for (var i = 0; i < pieces.Length; i++)
        {
            pieces[i].CopyTo(span[at..]);
            at += pieces[i].Length;
            if (i == names.Length) break;
            var raw = JsonMarshal.GetRawUtf8Value(few.GetProperty(names[i]));
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(raw[1..^1], span[at..], out _, out var written);
            at += written;
        }
        span[at++] = (byte)'"';
        output.Advance(at);
        return at;
    }

    /// <summary>With the variables' contract, into a request's body.</summary>
    [Benchmark]
    public ImmutableArray<VariableProblem> Written()
    {
        output.ResetWrittenCount();
        return package.WriteMessages(output, variables, []);
    }

    /// <summary>With the variables' contract.</summary>
    [Benchmark] public PromptRendering Gateway() => package.Render(variables, []);

    /// <summary>The part of the work that no engine can save.</summary>
    [Benchmark] public string Copy() => Encoding.UTF8.GetString(rendered);

    [GeneratedRegex(@"\{\{\w+\}\}")] private static partial Regex Tags();

    private static Template Parse(string text) => ((TemplateParse.Parsed)Template.Parse(text)).Template;
}
