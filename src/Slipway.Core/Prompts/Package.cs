using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Contracts;
using Slipway.Core.Models;
using Slipway.Core.Rendering;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>Everything that decides a version's behaviour, frozen and known by its hash; also its compiled form, ready to serve.</summary>
/// <remarks>Behaviour only: owner, reason and links are the version's record, so the same behaviour has the same hash whoever submits it.</remarks>
public sealed class Package
{
    private const string Format = "slipway.package/1";
    private static readonly ImmutableArray<string> Reserved = ["model", "messages", "stream", "stream_options"];
    private readonly Template template;
    private readonly VariablesContract variables;

    private Package(byte[] json, ModelReference model, Template template, VariablesContract variables, JsonSchema output, JsonElement document)
    {
        Json = json;
        Hash = ContentHash.Of(json);
        Model = model;
        this.template = template;
        this.variables = variables;
        Output = output;
        OutputSchema = document.GetProperty("output").GetProperty("schema");
        Parameters = document.GetProperty("parameters");
    }

    /// <summary>The canonical JSON, the bytes that are hashed and stored.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>SHA-256 of <see cref="Json"/>.</summary>
    public ContentHash Hash { get; }

    /// <summary>The dated model it calls.</summary>
    public ModelReference Model { get; }

    /// <summary>The template's text.</summary>
    public string TemplateText => template.Text;

    /// <summary>What an answer must fit.</summary>
    public JsonSchema Output { get; }

    /// <summary>The schema of <see cref="Output"/> as written.</summary>
    public JsonElement OutputSchema { get; }

    /// <summary>What is sent to the model beside the messages; an object, perhaps empty.</summary>
    public JsonElement Parameters { get; }

    /// <summary>Builds the package of a submission, or says everything that is wrong with it.</summary>
    /// <param name="submission">The manifest with its files.</param>
    /// <param name="model">The model that its <see cref="Submission.Model"/> stands for now.</param>
    public static PackageBuild Build(Submission submission, ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(submission);
        ArgumentNullException.ThrowIfNull(model);
        var errors = ImmutableArray.CreateBuilder<string>();
        errors.AddRange(Unhashable(("The output schema", submission.Schema), ("variables", submission.Variables), ("parameters", submission.Parameters)));
        if (errors.Count > 0) return new PackageBuild.Refused(errors.ToImmutable());
        if (submission.Parameters is { ValueKind: not JsonValueKind.Object }) errors.Add("parameters must be an object.");
        else if (submission.Parameters is { } parameters)
            errors.AddRange(parameters.EnumerateObject().Where(parameter => Reserved.Contains(parameter.Name)).Select(parameter => $"parameters cannot hold {parameter.Name}: Slipway sets it."));
        if (submission.Variables is { ValueKind: not JsonValueKind.Object }) errors.Add("variables must be an object of JSON Schemas by name.");
        if (JsonSchema.Compile(submission.Schema) is SchemaCompilation.Refused schema)
            errors.AddRange(schema.Errors.Select(error => $"The output schema is wrong at {(error.SchemaPath.Length == 0 ? "its root" : error.SchemaPath)}: {error.Message}"));

        var parse = Template.Parse(submission.Template);
        if (parse is TemplateParse.Refused refused)
            errors.AddRange(refused.Errors.Select(error => $"The template is wrong at line {error.Line}, column {error.Column}: {error.Message}"));
        if (parse is not TemplateParse.Parsed { Template: var template } || errors.Count > 0) return new PackageBuild.Refused(errors.ToImmutable());

        errors.AddRange(VariablesContract.Disagreements(template, submission.Variables));
        if (errors.Count > 0) return new PackageBuild.Refused(errors.ToImmutable());
        try
        {
            return Load(CanonicalJson.Of(Document(submission, model, template)));
        }
        catch (JsonException exception)     // each part is right, the whole is too deep
        {
            return Refuse($"The package cannot be written: {exception.Message}");
        }
    }

    /// <summary>Reads a package from the bytes of its object.</summary>
    public static PackageBuild Load(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = JsonElement.Parse(json);
            if (document.GetProperty("format").GetString() != Format) return Refuse($"The package is not of the format {Format}.");
            if (!ModelReference.TryParse(document.GetProperty("model").GetString(), out var model)) return Refuse($"The package's model must be {ModelReference.Form}.");
            if (Template.Parse(document.GetProperty("messages")[0].GetProperty("template").GetString()!) is not TemplateParse.Parsed { Template: var template })
                return Refuse("The package's template cannot be read.");
            if (JsonSchema.Compile(document.GetProperty("output").GetProperty("schema")) is not SchemaCompilation.Compiled { Schema: var output })
                return Refuse("The package's output schema cannot be compiled.");
            return VariablesContract.Compile(document.GetProperty("variables"), out var error) is { } variables
                ? new PackageBuild.Built(new Package(json.ToArray(), model, template, variables, output, document))
                : Refuse(error!);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or ArgumentException)
        {
            return Refuse($"The object is not a package: {exception.Message}");
        }
    }

    /// <summary>The messages that go to the model: the template filled with the variables, then the caller's messages.</summary>
    /// <param name="values">The variables by name; null means none.</param>
    /// <param name="conversation">The caller's messages, passed on as they are.</param>
    public PromptRendering Render(JsonElement? values, IReadOnlyList<ChatMessage> conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        if (variables.Complete(values, out var complete) is { Length: > 0 } problems) return new PromptRendering.Refused(problems);
        return template.Render(complete) switch
        {
            RenderResult.Done done => new PromptRendering.Done([new ChatMessage("system", done.Text), .. conversation]),
            RenderResult.Refused refused => new PromptRendering.Refused(
                [.. refused.Errors.Select(error => new VariableProblem(null, $"Line {error.Line}, column {error.Column} of the template: {error.Message}"))]),
            _ => throw new InvalidOperationException("A rendering is done or refused."),
        };
    }

    /// <summary>What of an answer does not fit the output contract, a sentence each; empty where all fits.</summary>
    public ImmutableArray<string> Check(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return [.. Output.Validate(Encoding.UTF8.GetBytes(answer)).Select(violation => violation.Message)];
    }

    private static IEnumerable<string> Unhashable(params IEnumerable<(string Name, JsonElement? Value)> parts)
    {
        foreach (var (name, value) in parts)
        {
            string? problem = null;
            try
            {
                if (value is { } json) _ = CanonicalJson.Of(json);
            }
            catch (JsonException exception)
            {
                problem = exception.Message;
            }
            if (problem is not null) yield return $"{name} has no hash: {problem}";
        }
    }

    private static PackageBuild.Refused Refuse(string why) => new([why]);

    private static string Document(Submission submission, ModelReference model, Template template) => new JsonObject
    {
        ["format"] = Format,
        ["messages"] = new JsonArray(
            new JsonObject { ["role"] = "system", ["template"] = submission.Template },
            new JsonObject { ["placeholder"] = "history" }),
        ["model"] = model.ToString(),
        ["output"] = new JsonObject { ["schema"] = Node(submission.Schema) },
        ["parameters"] = submission.Parameters is { } parameters ? Node(parameters) : new JsonObject(),
        ["variables"] = VariablesContract.Declare(template, submission.Variables),
    }.ToJsonString();

    private static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());
}

/// <summary>A package, or all that is wrong with what it was to be made of.</summary>
public abstract record PackageBuild
{
    private PackageBuild() { }

    /// <summary>It is right.</summary>
    /// <param name="Package">Ready to serve.</param>
    public sealed record Built(Package Package) : PackageBuild;

    /// <summary>It is wrong.</summary>
    /// <param name="Errors">One sentence each.</param>
    public sealed record Refused(ImmutableArray<string> Errors) : PackageBuild;
}

/// <summary>The messages for the model, or what is wrong with the variables.</summary>
public abstract record PromptRendering
{
    private PromptRendering() { }

    /// <summary>It could be rendered.</summary>
    /// <param name="Messages">In the order in which the model gets them.</param>
    public sealed record Done(ImmutableArray<ChatMessage> Messages) : PromptRendering;

    /// <summary>It could not.</summary>
    /// <param name="Problems">All of them.</param>
    public sealed record Refused(ImmutableArray<VariableProblem> Problems) : PromptRendering;
}

/// <summary>What is wrong with a variable.</summary>
/// <param name="Variable">Its name; null where the problem is not one variable's.</param>
/// <param name="Message">One sentence.</param>
public sealed record VariableProblem(string? Variable, string Message);
