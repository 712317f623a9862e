using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Core.Evaluations;

/// <summary>Makes a case of a call that was recorded: what went in then, and what came out as an expectation that somebody confirms.</summary>
/// <remarks>A record holds the messages the model got, as the capture policy left them. The package that rendered them says which of them are its own:
/// the variables are read back out of those, and rendered again they must give the same messages, or there is no case.</remarks>
public static class CallCase
{
    private const int LongestLabel = 60;

    /// <summary>Makes the case.</summary>
    /// <param name="call">The record, with its texts.</param>
    /// <param name="package">The package of the version that answered.</param>
    /// <param name="id">The case's id.</param>
    /// <param name="kind">What the case tries out.</param>
    /// <param name="source">Where it comes from, e.g. <c>escalation</c>; the trace is added.</param>
    /// <param name="isWrong">Whether what it answered is known to be wrong: then only its form is expected, and a person says what would have been right. Default false.</param>
    public static CallCaseResult Of(CallRecord call, Package package, string id, CaseKind kind, string source, bool isWrong = false)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(package);
        if (call.Input is null) return new CallCaseResult.LeftOut("nothing of its texts was kept");
        if (ReadMessages(call.Input) is not { } sent) return new CallCaseResult.LeftOut("its input was too long to be kept whole");
        if (TakeApart(package, sent) is not var (variables, conversation)) return new CallCaseResult.LeftOut("its variables cannot be read back out of what was sent");
        if (variables is null && conversation.IsEmpty) return new CallCaseResult.LeftOut("nothing of its own went in");
        var tags = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (call.PromptVersion is { } version) tags = tags.Add("version", version);
        return new CallCaseResult.Made(new GoldenCase(id, kind, variables, conversation, Proposed(call, package, isWrong), tags, $"{source}:{call.TraceId}") { IsProposed = true });
    }

    private static ImmutableArray<ChatMessage>? ReadMessages(string input)
    {
        if (JsonValues.Parse(input) is not { ValueKind: JsonValueKind.Array } list) return null;
        var messages = ImmutableArray.CreateBuilder<ChatMessage>();
        foreach (var item in list.EnumerateArray())
        {
            if (ChatMessage.Read(item, out _) is not { } message) return null;
            messages.Add(message);
        }
        return messages.ToImmutable();
    }

    // Rendered with marks for variables, the package says what stands around each; rendered with what was found there, whether that was all.
    private static (JsonElement? Variables, ImmutableArray<ChatMessage> Conversation)? TakeApart(Package package, ImmutableArray<ChatMessage> sent)
    {
        var place = new ChatMessage("user", "\uE000");
        // A mark is no value that a variable takes that lists its values.
        if (package.RenderUnchecked(Object(package.RequiredVariables.Select(name => (name, Mark(name)))), package.TakesMessages ? [place] : []) is not PromptRendering.Done { Messages: var marked }) return null;
        var before = package.TakesMessages ? marked.IndexOf(place) : marked.Length;
        var after = package.TakesMessages ? marked.Length - before - 1 : 0;
        if (sent.Length < before + after) return null;
        ImmutableArray<ChatMessage> conversation = [.. sent[before..^after]];
        if (!package.TakesMessages && !conversation.IsEmpty) return null;

        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (own, seen) in marked[..before].Zip(sent[..before]).Concat(marked[^after..].Zip(sent[^after..])))
        {
            if (own.Role != seen.Role || !ReadBack(own.Content, seen.Content, found)) return null;
        }
        if (package.RequiredVariables.Any(name => !found.ContainsKey(name))) return null;
        JsonElement? variables = found.Count == 0 ? null : Object(found.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value)));
        return package.Render(variables, conversation) is PromptRendering.Done { Messages: var again } && again.SequenceEqual(sent, SameMessage.Instance) ? (variables, conversation) : null;
    }

    private static bool ReadBack(string marked, string seen, Dictionary<string, string> found)
    {
        var at = 0;
        while (marked.IndexOf('\uE000') is >= 0 and var start)
        {
            if (string.CompareOrdinal(marked, 0, seen, at, start) != 0) return false;
            at += start;
            // A template may hold such letters itself.
            var end = marked.IndexOf('\uE001', start);
            if (end < 0) return false;
            var name = marked[(start + 1)..end];
            marked = marked[(end + 1)..];
            var border = marked.IndexOf('\uE000') is >= 0 and var next ? marked[..next] : marked;
            // What stands after the last variable ends the text; what stands between two begins where it is first seen.
            var to = border.Length == 0 ? (marked.Length == 0 ? seen.Length : -1)
                : border.Length == marked.Length ? (seen.EndsWith(border, StringComparison.Ordinal) ? seen.Length - border.Length : -1)
                : seen.IndexOf(border, at, StringComparison.Ordinal);
            if (to < at) return false;
            var value = seen[at..to];
            if (!found.TryAdd(name, value) && found[name] != value) return false;
            at = to;
        }
        return string.CompareOrdinal(marked, 0, seen, at, Math.Max(marked.Length, seen.Length - at)) == 0;
    }

    private static string Mark(string name) => $"\uE000{name}\uE001";

    private static JsonElement Object(IEnumerable<(string Name, string Value)> fields) =>
        JsonSerializer.SerializeToElement(fields.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal), EvaluationJson.Default.DictionaryStringString);

    // The answer as it was, as far as it keeps its contract: a broken one says only that the contract is to be kept.
    private static ImmutableArray<Check> Proposed(CallRecord call, Package package, bool isWrong)
    {
        var (text, calls, refused) = ReadOutput(call.Output);
        if (refused || call.Refused == true) return isWrong ? [new NotRefusesCheck()] : [new RefusesCheck()];
        var checks = ImmutableArray.CreateBuilder<Check>();
        if (package.Output is not null || !calls.IsEmpty) checks.Add(new SchemaCheck());
        var isBroken = isWrong || call.SchemaValid == false || call.ToolCallsValid == false || call.Abandoned || call.Error is not null;
        if (isBroken || call.Output is null) return checks.Count > 0 ? checks.ToImmutable() : [new NotRefusesCheck()];
        if (!calls.IsEmpty)
        {
            checks.AddRange(calls.Select(one => new ToolCalledCheck(
                one.Name, one.Arguments is { ValueKind: JsonValueKind.Object } arguments ? [.. arguments.EnumerateObject().Select(argument => new ExpectedArgument(argument.Name, [argument.Value], false))] : [], null)));
        }
        else if (JsonValues.Parse(text) is { ValueKind: JsonValueKind.Object } answer)
        {
            checks.AddRange(answer.EnumerateObject().Where(field => IsLabel(field.Value) && FieldEqualsCheck.IsPath(field.Name) && !field.Name.Contains('.', StringComparison.Ordinal))
                .Select(field => FieldEqualsCheck.Of(field.Name, field.Value)));
        }
        else if (!string.IsNullOrWhiteSpace(text)) checks.Add(new EqualsCheck(JsonSerializer.SerializeToElement(text, EvaluationJson.Default.String), ignoresCase: false));
        if (checks.Count == 0) checks.Add(new NotRefusesCheck());
        return checks.ToImmutable();
    }

    private static bool IsLabel(JsonElement value) => value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= LongestLabel);

    // A record keeps an answer that calls tools or refuses as an object of its own.
    private static (string Text, ImmutableArray<ToolCall> Calls, bool Refused) ReadOutput(string? output)
    {
        if (output is null) return ("", [], false);
        if (JsonValues.Parse(output) is not { ValueKind: JsonValueKind.Object } json || !json.TryGetProperty("content", out var content)) return (output, [], false);
        var isAnswer = json.EnumerateObject().All(field => field.Name is "content" or "refusal" or "tool_calls") && json.EnumerateObject().Count() > 1;
        if (!isAnswer || content.ValueKind != JsonValueKind.String) return (output, [], false);
        var calls = json.TryGetProperty("tool_calls", out var list) ? ToolCall.In(new Answer { ToolCalls = list }) : [];
        return (content.GetString()!, calls, json.TryGetProperty("refusal", out _));
    }

    private sealed class SameMessage : IEqualityComparer<ChatMessage>
    {
        public static SameMessage Instance { get; } = new();

        public bool Equals(ChatMessage? x, ChatMessage? y) => x is not null && y is not null && Written(x) == Written(y);

        public int GetHashCode(ChatMessage obj) => Written(obj).GetHashCode(StringComparison.Ordinal);

        private static string Written(ChatMessage message) => JsonSerializer.Serialize(message, EvaluationJson.Default.ChatMessage);
    }
}

/// <summary>A case of a call, or why there is none.</summary>
public abstract record CallCaseResult
{
    private CallCaseResult() { }

    /// <summary>The call is a case; somebody confirms what it expects.</summary>
    /// <param name="Case">The case.</param>
    public sealed record Made(GoldenCase Case) : CallCaseResult;

    /// <summary>It is none.</summary>
    /// <param name="Why">The end of a sentence that begins with the call.</param>
    public sealed record LeftOut(string Why) : CallCaseResult;
}
