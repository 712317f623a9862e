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
        Assert.IsType<RenderResult.Done>(Template(text).Render(Json(variables), optional: optional.ToHashSet())).Text;

    public static ImmutableArray<TemplateError> Errors(string text, string variables, params string[] optional) =>
        Assert.IsType<RenderResult.Refused>(Template(text).Render(Json(variables), optional: optional.ToHashSet())).Errors;

    public static TemplateError Error(string text, string variables, params string[] optional) =>
        Assert.Single(Errors(text, variables, optional));

    private static TemplateParse Parse(string text, (string Name, string Text)[] partials) =>
        Core.Rendering.Template.Parse(text, partials.ToDictionary(partial => partial.Name, partial => partial.Text));
}
