using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer calls none of some tools, or no tool at all.</summary>
public sealed record ToolNotCalledCheck : Check
{
    internal const string Named = "tool_not_called";

    internal ToolNotCalledCheck(ImmutableArray<string> tools) => Tools = tools;

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The tools by name; empty for every tool.</summary>
    public ImmutableArray<string> Tools { get; }

    internal static ToolNotCalledCheck? Read(CheckArguments given)
    {
        given.Takes("tool", "tools");
        if (given.IsGiven("tool") && given.IsGiven("tools")) given.Problem("tools", "The check tool_not_called takes \"tool\" or \"tools\", not both.");
        ImmutableArray<string> tools = given.Text("tool", required: false) is { } tool ? [tool] : given.Texts("tools");
        return given.Fit ? new ToolNotCalledCheck(tools) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        if (Tools is [var tool]) writer.WriteString("tool"u8, tool);
        else if (!Tools.IsEmpty)
        {
            writer.WriteStartArray("tools"u8);
            foreach (var one in Tools) writer.WriteStringValue(one);
            writer.WriteEndArray();
        }
    }

    private protected override CheckResult Judge(CheckInput input) =>
        ToolCall.In(input.Answer).FirstOrDefault(call => Tools.IsEmpty || Tools.Contains(call.Name, StringComparer.Ordinal)) is { } called
            ? Fail($"{called.Name} is called, which it must not be", called.ToString())
            : Pass(Tools.IsEmpty ? "No tool is called" : $"{string.Join(", ", Tools)} {(Tools.Length == 1 ? "is" : "are")} not called");
}
