using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Slipway.Core.Rendering;

/// <summary>One rendering: walks the steps once, without recursion, and goes on past an error to find the others.</summary>
internal ref struct RenderRun(CompiledTemplate template, JsonElement variables, RenderLimits limits, IReadOnlySet<string>? optional, bool escaped = false)
{
    private const string Unreadable = "cannot be looked up: the variables hold a name that is not valid Unicode text.";

    private readonly ReadOnlySpan<Step> steps = template.Steps.AsSpan();
    private readonly ReadOnlySpan<byte> text = template.Text.AsSpan();
    private readonly Frame[] frames = template.Levels.IsEmpty ? [] : ArrayPool<Frame>.Shared.Rent(template.Levels.Length);
    private int frameCount;
    private OutputBuffer output = new(template.Text.Length, limits.MaxOutput);
    private ImmutableArray<TemplateError>.Builder? errors;
    private HashSet<int>? faulty;                          // a tag in a list is reported for its first bad item only

    public readonly ReadOnlySpan<byte> Output => output.Written;

    public void Dispose()
    {
        output.Dispose();
        if (frames.Length > 0) ArrayPool<Frame>.Shared.Return(frames, clearArray: true);
    }

    public ImmutableArray<TemplateError> Execute()
    {
        if (variables.ValueKind is not JsonValueKind.Object)
            return [new TemplateError(1, 1, $"The variables are {Kind(variables)}; a template needs an object.")];
        if (template.Levels.Length > limits.MaxDepth)
            return [template.Levels[limits.MaxDepth].Error($"is deeper than {limits.MaxDepth} sections, the most allowed.")];

        var taken = 0;
        for (var index = 0; index < steps.Length;)
        {
            ref readonly var step = ref steps[index];
            if (++taken > limits.MaxSteps)
            {
                Report(index, $"goes past {limits.MaxSteps} steps, the most a rendering may take.");
                break;
            }
            var written = true;
            switch (step.Kind)
            {
                case StepKind.Text:
                    written = escaped ? output.TryAppend(template.EscapedTextOf(index), step.To - step.From) : output.TryAppend(text[step.From..step.To]);
                    index++;
                    break;
                case StepKind.Value:
                    written = TryInsert(index);
                    index++;
                    break;
                case StepKind.Section:
                    index = Enter(index);
                    break;
                case StepKind.Inverted:
                    index = Holds(index, out _) is false ? index + 1 : step.To;
                    break;
                default:
                    index = NextItem(index);
                    break;
            }
            if (written) continue;
            Report(step, $"goes past {limits.MaxOutput} bytes, the most a rendering may write.");
            break;
        }
        return errors?.DrainToImmutable() ?? [];
    }

    /// <summary>False only where the output is full; a value that cannot be inserted is reported here.</summary>
    private bool TryInsert(int index)
    {
        ref readonly var step = ref steps[index];
        var path = step.Path!;
        var found = Find(path, out var value, out var depth);
        if (found is Found.Missing) Report(index, Absence(path, depth) + Hint(path, depth));
        else if (found is Found.NotAnObject) Report(index, $"has no value: {path.Prefix(depth)} is {Kind(value)}, not an object.");
        else if (found is Found.Unreadable) Report(index, Unreadable);
        else
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    if (output.TryAppendString(value, escaped, out var isText)) break;
                    if (isText) return false;
                    Report(index, "has a value that is not valid Unicode text.");
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                    return output.TryAppend(JsonMarshal.GetRawUtf8Value(value));
                case JsonValueKind.Null:
                    Report(index, depth < path.Parts.Length ? $"has no value: {path.Prefix(depth)} is null." : "has no value: it is null.");
                    break;
                case JsonValueKind.Array:
                    Report(index, $"is a list: write it as a section, {{{{#{path.Text}}}}}…{{{{/{path.Text}}}}}.");
                    break;
                default:
                    Report(index, "is an object: name the part of it that is meant.");
                    break;
            }
        }
        return true;
    }

    /// <summary>The step to go on with: into the section or behind it.</summary>
    private int Enter(int index)
    {
        ref readonly var step = ref steps[index];
        if (Holds(index, out var value) is not true) return step.To;
        if (value.ValueKind is JsonValueKind.Array)
        {
            var items = value.EnumerateArray();
            items.MoveNext();
            frames[frameCount++] = new Frame { Context = items.Current, Items = items, Item = 1, Section = index };
        }
        else frames[frameCount++] = new Frame { Context = value, Section = index };
        return index + 1;
    }

    private int NextItem(int index)
    {
        ref var frame = ref frames[frameCount - 1];
        if (frame.Item > 0 && frame.Items.MoveNext())
        {
            frame.Context = frame.Items.Current;
            frame.Item++;
            return frame.Section + 1;
        }
        frame = default;
        frameCount--;
        return index + 1;
    }

    /// <summary>Whether the name of a section counts as true; null where it is in error, which is then reported.</summary>
    private bool? Holds(int index, out JsonElement value)
    {
        var path = steps[index].Path!;
        switch (Find(path, out value, out var depth))
        {
            case Found.Missing when IsOptional(path, depth):
                return false;
            case Found.Missing:
                Report(index, Absence(path, depth));
                return null;
            case Found.NotAnObject:
                Report(index, $"has no value: {path.Prefix(depth)} is {Kind(value)}, not an object.");
                return null;
            case Found.Unreadable:
                Report(index, Unreadable);
                return null;
            default:
                return value.ValueKind switch
                {
                    JsonValueKind.False or JsonValueKind.Null => false,
                    JsonValueKind.Array => value.GetArrayLength() > 0,
                    JsonValueKind.String => !value.ValueEquals(""u8),
                    _ => true,
                };
        }
    }

    /// <summary>Looks a name up: its first part in the items around it, innermost first, then in the variables; the rest in that.</summary>
    /// <param name="path">The name.</param>
    /// <param name="value">What was found, or the value that has no parts; null where a part on the way is null.</param>
    /// <param name="depth">How many parts lead to <paramref name="value"/>, or to what is missing.</param>
    private readonly Found Find(NamePath path, out JsonElement value, out int depth)
    {
        try
        {
            return FindReadable(path, out value, out depth);
        }
        catch (InvalidOperationException)       // the platform's only sign of half a surrogate pair in a property name it passes by
        {
            (value, depth) = (default, 0);
            return Found.Unreadable;
        }
    }

    private readonly Found FindReadable(NamePath path, out JsonElement value, out int depth)
    {
        var parts = path.Parts.AsSpan();
        depth = 0;
        if (parts.IsEmpty)
        {
            value = frameCount > 0 ? frames[frameCount - 1].Context : variables;
            return Found.Yes;
        }
        depth = 1;
        if (!TryFindFirst(parts[0], out value)) return Found.Missing;
        for (; depth < parts.Length; depth++)
        {
            if (value.ValueKind is JsonValueKind.Null) return Found.Yes;
            if (value.ValueKind is not JsonValueKind.Object) return Found.NotAnObject;
            if (value.TryGetProperty(parts[depth], out var part))
            {
                value = part;
                continue;
            }
            depth++;
            return Found.Missing;
        }
        return Found.Yes;
    }

    private readonly bool TryFindFirst(byte[] name, out JsonElement value)
    {
        for (var frame = frameCount - 1; frame >= 0; frame--)
        {
            var context = frames[frame].Context;
            if (context.ValueKind is JsonValueKind.Object && context.TryGetProperty(name, out value)) return true;
        }
        return variables.TryGetProperty(name, out value);
    }

    private readonly bool IsOptional(NamePath path, int depth) => optional is not null && optional.Contains(path.Prefix(depth));

    private static string Absence(NamePath path, int depth) =>
        depth == 1 ? "has no value." : $"has no value: {path.Prefix(depth - 1)} has no {path.Part(depth - 1)}.";

    private readonly string Hint(NamePath path, int depth)
    {
        if (!IsOptional(path, depth)) return "";
        var name = path.Prefix(depth);
        return $" It is optional: insert it inside {{{{#{name}}}}}…{{{{/{name}}}}}.";
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Null => "null",
        _ => "nothing",
    };

    private void Report(int index, string fault)
    {
        if (!(faulty ??= []).Add(index)) return;
        for (var frame = frameCount - 1; frame >= 0; frame--)
        {
            if (frames[frame].Item == 0) continue;
            fault += $" This is item {frames[frame].Item} of {steps[frames[frame].Section].Origin.Tag}.";
            break;
        }
        Report(steps[index], fault);
    }

    private void Report(Step step, string fault)
    {
        errors ??= ImmutableArray.CreateBuilder<TemplateError>();
        if (errors.Count >= TemplateCompiler.MaxErrors) return;
        errors.Add(step.Kind is StepKind.Text ? step.Origin.ErrorOf("The text", fault) : step.Origin.Error(fault));
    }

    private enum Found
    {
        Yes,
        Missing,
        NotAnObject,
        Unreadable,
    }

    /// <summary>A section that was entered: the item it is at.</summary>
    private struct Frame
    {
        public JsonElement Context;
        public JsonElement.ArrayEnumerator Items;

        /// <summary>Which item of the list, from 1; 0 where the section is not over a list.</summary>
        public int Item;

        public int Section;
    }
}
