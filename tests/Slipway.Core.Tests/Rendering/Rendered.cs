using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Core.Tests.Rendering;

/// <summary>Short forms for tests that parse and render in one go.</summary>
internal static class Rendered
{
    public static Template Template(string text, params (string Name, string Text)[] partials) =>
        Assert.IsType<TemplateParse.Parsed>(Parse(text, partials)).Template;

    public static ImmutableArray<TemplateError> Refused(string text, params (string Name, string Text)[] partials) =>
        Assert.IsType<TemplateParse.Refused>(Parse(text, partials)).Errors;

    public static TemplateError RefusedOnce(string text, params (string Name, string Text)[] partials) =>
        Assert.Single(Refused(text, partials));

    public static JsonElement Json(string json) => JsonElement.Parse(json);

    public static string Text(string text, string variables, params string[] optional) =>
        Assert.IsType<RenderResult.Done>(Template(text).Both(Json(variables), optional: optional.ToHashSet())).Text;

    public static ImmutableArray<TemplateError> Errors(string text, string variables, params string[] optional) =>
        Assert.IsType<RenderResult.Refused>(Template(text).Both(Json(variables), optional: optional.ToHashSet())).Errors;

    public static TemplateError Error(string text, string variables, params string[] optional) =>
        Assert.Single(Errors(text, variables, optional));

    /// <summary>As text; as a JSON string it must come to the same.</summary>
    public static RenderResult Both(this Template template, JsonElement variables, RenderLimits? limits = null, IReadOnlySet<string>? optional = null)
    {
        var result = template.Render(variables, limits, optional);
        var json = new ArrayBufferWriter<byte>();
        var errors = template.RenderJson(json, variables, limits, optional);
        if (result is RenderResult.Refused refused) Assert.Equal([.. refused.Errors.Select(error => error.ToString()), "0"], [.. errors.Select(error => error.ToString()), $"{json.WrittenCount}"]);
        else Assert.Equal(((RenderResult.Done)result).Text, JsonElement.Parse(json.WrittenSpan).GetString());
        return result;
    }

    private static TemplateParse Parse(string text, (string Name, string Text)[] partials) =>
        Core.Rendering.Template.Parse(text, partials.ToDictionary(partial => partial.Name, partial => partial.Text));
}
