using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>One version of what an answer is scored by: a question, a scale, the model that judges, and examples that people scored. It exists only whole and right.</summary>
/// <remarks>The judge is itself a prompt: <see cref="Judge"/> and <see cref="PairJudge"/> are packages like any version's. The examples are no part of what it
/// is told: they show how far it agrees with people, which they could not if it had seen them.</remarks>
public sealed class Rubric
{
    internal Rubric(RubricId id, string criterion, ImmutableArray<RubricStep> scale, int pass, string model, JsonElement? parameters, string? prompt, ImmutableArray<RubricExample> examples)
    {
        (Id, Criterion, Scale, Pass, Model, Parameters, Prompt, Examples) = (id, criterion, scale, pass, model, parameters, prompt, examples);
        Json = CanonicalJson.Of(RubricJson.Write(this));
        Content = ContentHash.Of(Json.Span);
    }

    /// <summary>The name and version; no part of the content.</summary>
    public RubricId Id { get; }

    /// <summary>The question that is put to each answer, one or more sentences.</summary>
    public string Criterion { get; }

    /// <summary>The steps, the worst first; 2 to 10, their scores rise.</summary>
    public ImmutableArray<RubricStep> Scale { get; }

    /// <summary>The least score that passes; one of the scale's, and not its worst.</summary>
    public int Pass { get; }

    /// <summary>The model that judges, or an alias of the catalog.</summary>
    public string Model { get; }

    /// <summary>What is sent to the model beside the messages; null for nothing.</summary>
    public JsonElement? Parameters { get; }

    /// <summary>A template of its own with <c>{{input}} {{answer}} {{reference}}</c>, which then is all the judge is told; null for Slipway's.</summary>
    public string? Prompt { get; }

    /// <summary>Answers that people scored, in the order of the file; perhaps none.</summary>
    public ImmutableArray<RubricExample> Examples { get; }

    /// <summary>The content as canonical JSON, the bytes that are hashed and stored; <see cref="Parse"/> reads them back.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The hash of <see cref="Json"/>.</summary>
    public ContentHash Content { get; }

    /// <summary>Reads a rubric from its JSON.</summary>
    /// <param name="id">The name and version, which do not stand in the file.</param>
    /// <param name="json">The file's text.</param>
    /// <returns>The rubric, or all that is wrong with the file.</returns>
    public static RubricResult Parse(RubricId id, string json) => new RubricReader(id).Read(json);

    /// <summary>Makes a rubric of the same question with other examples; they are held to the same rules.</summary>
    /// <param name="id">Its name and version.</param>
    /// <param name="examples">All its examples.</param>
    public RubricResult With(RubricId id, ImmutableArray<RubricExample> examples) =>
        Parse(id, System.Text.Encoding.UTF8.GetString(new Rubric(id, Criterion, Scale, Pass, Model, Parameters, Prompt, examples).Json.Span));

    /// <summary>The place of a label on the scale, 0 for the worst; null where it has no such label.</summary>
    public int? StepOf(string label)
    {
        var index = Scale.IndexOf(Scale.FirstOrDefault(step => step.Label == label)!);
        return index < 0 ? null : index;
    }

    /// <summary>The place of a score on the scale, 0 for the worst; null where it has no such score.</summary>
    public int? StepOf(int score)
    {
        var index = Scale.IndexOf(Scale.FirstOrDefault(step => step.Score == score)!);
        return index < 0 ? null : index;
    }

    /// <summary>The judge that scores one answer.</summary>
    /// <param name="model">What <see cref="Model"/> stands for now.</param>
    /// <returns>A package with the variables <c>input</c>, <c>answer</c> and, optional, <c>reference</c>, which answers <c>{"reason", "verdict"}</c> with a label of the scale.</returns>
    public Package Judge(ModelReference model) => Built(JudgePrompt.Score(Criterion, Scale, Prompt, Parameters), model);

    /// <summary>The judge that compares two answers.</summary>
    /// <param name="model">What <see cref="Model"/> stands for now.</param>
    /// <returns>A package with the variables <c>input</c>, <c>first</c>, <c>second</c> and, optional, <c>reference</c>, which answers <c>{"reason", "verdict"}</c> with
    /// <c>first</c>, <c>second</c> or <c>tie</c>.</returns>
    public Package PairJudge(ModelReference model) => Built(JudgePrompt.Compare(Criterion, Scale, Parameters), model);

    private static Package Built(Submission submission, ModelReference model) => Package.Build(submission, model) switch
    {
        PackageBuild.Built built => built.Package,
        PackageBuild.Refused refused => throw new InvalidOperationException($"A rubric that was read makes a judge: {string.Join(" ", refused.Errors)}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>One step of a rubric's scale.</summary>
/// <param name="Score">What it counts in a mean; whole, from 0 to 1,000.</param>
/// <param name="Label">What people and judges call it, e.g. <c>curt</c>; up to 40 characters.</param>
/// <param name="Means">When an answer is of this step, as a sentence.</param>
public sealed record RubricStep(int Score, string Label, string Means);

/// <summary>An answer that people scored.</summary>
/// <param name="Id">Unique within the rubric.</param>
/// <param name="Input">What was asked; may be empty.</param>
/// <param name="Answer">What was answered; may be empty.</param>
/// <param name="Reference">What a good answer says; null where nobody said.</param>
/// <param name="Score">The score people gave, one of the scale's.</param>
/// <param name="Why">Why, in their words; null where nobody said.</param>
public sealed record RubricExample(string Id, string Input, string Answer, string? Reference, int Score, string? Why);

/// <summary>A rubric, or why there is none.</summary>
public abstract record RubricResult
{
    private RubricResult() { }

    /// <summary>The text is a rubric.</summary>
    /// <param name="Rubric">The rubric.</param>
    /// <param name="Notices">What is allowed but perhaps not meant, such as too few examples to gate by.</param>
    public sealed record Parsed(Rubric Rubric, ImmutableArray<string> Notices) : RubricResult;

    /// <summary>The text is none.</summary>
    /// <param name="Errors">All that is wrong, in the order of the text; at least one.</param>
    public sealed record Refused(ImmutableArray<InputProblem> Errors) : RubricResult;
}
