using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Rendering;

/// <summary>A Mustache template, strict: parsed once, immutable, safe to render from any thread.</summary>
/// <remarks>
/// <para><c>{{name}}</c>, <c>{{a.b}}</c>, <c>{{.}}</c>, sections, inverted sections, comments, set delimiters and pinned partials, with the
/// white-space rules of the Mustache specification. Nothing is HTML-escaped, so <c>{{{name}}}</c> and <c>{{&amp;name}}</c> mean
/// <c>{{name}}</c>. There are no lambdas, no inheritance and no dynamic names.</para>
/// <para>Text is inserted as it is, numbers and booleans as the JSON spells them. Values are data: inserted once, never parsed. In a
/// section <c>false</c>, <c>null</c>, <c>""</c> and <c>[]</c> count as false; everything else, also <c>0</c> and <c>{}</c>, as true.</para>
/// </remarks>
public sealed class Template
{
    private readonly CompiledTemplate compiled;

    private Template(string text, CompiledTemplate compiled) => (Text, this.compiled) = (text, compiled);

    /// <summary>The text that was parsed.</summary>
    public string Text { get; }

    /// <summary>Each top-level name the template and its partials use, in order of first use.</summary>
    public ImmutableArray<TemplateVariable> Variables => compiled.Variables;

    /// <summary>Parses a template that has no partials.</summary>
    /// <param name="text">At most 1,000,000 characters.</param>
    public static TemplateParse Parse(string text) => Parse(text, ImmutableDictionary<string, string>.Empty);

    /// <summary>Parses a template and puts its partials in their places.</summary>
    /// <param name="text">At most 1,000,000 characters, partials in place.</param>
    /// <param name="partials">The pinned texts by the name a tag writes, e.g. <c>privacy</c> for <c>{{>privacy}}</c>; those the template
    /// does not use are not looked at. A partial may include others, five deep and never itself; it is parsed by itself, so its
    /// sections end where it ends.</param>
    public static TemplateParse Parse(string text, IReadOnlyDictionary<string, string> partials)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(partials);
        var compiler = new TemplateCompiler(partials);
        var compiled = compiler.Compile(text);
        return compiler.Errors.Count == 0
            ? new TemplateParse.Parsed(new Template(text, compiled))
            : new TemplateParse.Refused([.. compiler.Errors.OrderBy(error => (error.Line, error.Column))]);
    }

    /// <summary>The partials that the tags of a text name, as they write them; of a text that is wrong, those before the mistake.</summary>
    public static IEnumerable<string> References(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scanner = new TagScanner(text);
        while (scanner.TryRead(out var tag))
            if (tag.Kind is TagKind.Partial) yield return tag.Content;
    }

    /// <summary>Renders, or says everything that keeps it from rendering.</summary>
    /// <param name="variables">A JSON object; a name is searched in the items of the sections around it, innermost first, then here.</param>
    /// <param name="limits">How much may be produced and done; <see cref="RenderLimits.Default"/> where null.</param>
    /// <param name="optional">Names that may be absent, as the template writes them up to the absent part (<c>note</c>,
    /// <c>customer.tier</c>): absent, they count as false in a section. Any other absent name is an error, and to insert an absent
    /// value is one always. None where null.</param>
    public RenderResult Render(JsonElement variables, RenderLimits? limits = null, IReadOnlySet<string>? optional = null)
    {
        var run = new RenderRun(compiled, variables, limits ?? RenderLimits.Default, optional);
        try
        {
            var errors = run.Execute();
            return errors.IsEmpty ? new RenderResult.Done(Encoding.UTF8.GetString(run.Output)) : new RenderResult.Refused(errors);
        }
        finally
        {
            run.Dispose();
        }
    }

    /// <summary>Renders as UTF-8, without a string in between.</summary>
    /// <param name="output">Receives the whole output; nothing where something is wrong.</param>
    /// <param name="variables">As in <see cref="Render"/>.</param>
    /// <param name="limits">As in <see cref="Render"/>.</param>
    /// <param name="optional">As in <see cref="Render"/>.</param>
    /// <returns>Everything that is wrong; empty where the output was written.</returns>
    public ImmutableArray<TemplateError> RenderTo(
        IBufferWriter<byte> output, JsonElement variables, RenderLimits? limits = null, IReadOnlySet<string>? optional = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        var run = new RenderRun(compiled, variables, limits ?? RenderLimits.Default, optional);
        try
        {
            var errors = run.Execute();
            if (errors.IsEmpty) output.Write(run.Output);
            return errors;
        }
        finally
        {
            run.Dispose();
        }
    }

    /// <summary>Renders as a JSON string, its quotation marks included, without the text in between: a request's body takes it as it is.</summary>
    /// <remarks>Unescaped it is the text of <see cref="Render"/>. Characters of a value that are escaped in the variables stay escaped as they are there. Allocates nothing where all fits.</remarks>
    /// <param name="output">Receives the whole string; nothing where something is wrong.</param>
    /// <param name="variables">As in <see cref="Render"/>.</param>
    /// <param name="limits">As in <see cref="Render"/>; the text counts, not its escapes.</param>
    /// <param name="optional">As in <see cref="Render"/>.</param>
    /// <returns>Everything that is wrong; empty where the string was written.</returns>
    public ImmutableArray<TemplateError> RenderJson(
        IBufferWriter<byte> output, JsonElement variables, RenderLimits? limits = null, IReadOnlySet<string>? optional = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        var run = new RenderRun(compiled, variables, limits ?? RenderLimits.Default, optional, escaped: true);
        try
        {
            var errors = run.Execute();
            if (!errors.IsEmpty) return errors;
            var text = run.Output;
            var length = text.Length + 2;
            var span = output.GetSpan(length);
            span[0] = span[length - 1] = (byte)'"';
            text.CopyTo(span[1..]);
            output.Advance(length);
            return errors;
        }
        finally
        {
            run.Dispose();
        }
    }
}
