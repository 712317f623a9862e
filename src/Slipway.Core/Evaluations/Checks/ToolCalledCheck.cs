using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer calls a tool, all its calls fit the package's tools, and one of them has the expected arguments.</summary>
/// <remarks>Arguments that are not named may have any value that the tool's schema allows.</remarks>
public sealed record ToolCalledCheck : Check
{
    internal const string Named = "tool_called";

    internal ToolCalledCheck(string tool, ImmutableArray<ExpectedArgument> arguments, int? times) => (Tool, Arguments, Times) = (tool, arguments, times);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The tool's name.</summary>
    public string Tool { get; }

    /// <summary>What its arguments must be; empty where any will do.</summary>
    public ImmutableArray<ExpectedArgument> Arguments { get; }

    /// <summary>How often it must be called, from 1; null for at least once.</summary>
    public int? Times { get; }

    internal static ToolCalledCheck? Read(CheckArguments given)
    {
        given.Takes("tool", "arguments", "any_of", "optional", "times");
        var (tool, times, optional) = (given.Text("tool"), given.Count("times", required: false), given.Texts("optional"));
        var arguments = ImmutableArray.CreateBuilder<ExpectedArgument>();
        foreach (var one in given.Object("arguments")?.EnumerateObject() ?? default) arguments.Add(new ExpectedArgument(one.Name, [one.Value], optional.Contains(one.Name)));
        foreach (var one in given.Object("any_of")?.EnumerateObject() ?? default)
        {
            if (one.Value.ValueKind != JsonValueKind.Array || one.Value.GetArrayLength() == 0) given.Problem("any_of", $"\"any_of\" must list at least one value of \"{one.Name}\".");
            else if (arguments.Any(other => other.Name == one.Name)) given.Problem("any_of", $"\"{one.Name}\" stands in both \"arguments\" and \"any_of\".");
            else arguments.Add(new ExpectedArgument(one.Name, [.. one.Value.EnumerateArray()], optional.Contains(one.Name)));
        }
        foreach (var name in optional.Where(name => arguments.All(one => one.Name != name)))
            given.Problem("optional", $"\"{name}\" is optional, but neither \"arguments\" nor \"any_of\" says its value.");
        return given.Fit ? new ToolCalledCheck(tool!, arguments.ToImmutable(), times) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        writer.WriteString("tool"u8, Tool);
        Write("arguments", Arguments.Where(one => one.Accepted.Length == 1), one => one.Accepted[0].WriteTo(writer));
        Write("any_of", Arguments.Where(one => one.Accepted.Length > 1), one =>
        {
            writer.WriteStartArray();
            foreach (var value in one.Accepted) value.WriteTo(writer);
            writer.WriteEndArray();
        });
        if (Arguments.Any(one => one.IsOptional))
        {
            writer.WriteStartArray("optional"u8);
            foreach (var one in Arguments.Where(one => one.IsOptional)) writer.WriteStringValue(one.Name);
            writer.WriteEndArray();
        }
        if (Times is { } times) writer.WriteNumber("times"u8, times);

        void Write(string key, IEnumerable<ExpectedArgument> some, Action<ExpectedArgument> value)
        {
            if (!some.Any()) return;
            writer.WriteStartObject(key);
            foreach (var one in some)
            {
                writer.WritePropertyName(one.Name);
                value(one);
            }
            writer.WriteEndObject();
        }
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var all = ToolCall.In(input.Answer);
        ImmutableArray<ToolCall> calls = [.. all.Where(call => call.Name == Tool)];
        if (calls.IsEmpty)
            return Fail(all.IsEmpty ? $"{Tool} is not called, nor any other tool" : $"{Tool} is not called, but {string.Join(", ", all.Select(call => call.Name).Distinct())}", input.Answer.Shown);
        if (Times is { } times && calls.Length != times)
            return Fail(string.Create(CultureInfo.InvariantCulture, $"{Tool} is called {calls.Length} times, expected {times}"), input.Answer.Shown, Math.Min((double)calls.Length / times, (double)times / calls.Length));
        if (input.Answer.ToolViolations is [var violation, ..]) return Fail(violation, calls[0].ToString());
        var (best, wrong) = calls.Select(call => (Call: call, Wrong: Arguments.Where(one => !one.Fits(call)).ToImmutableArray())).MinBy(one => one.Wrong.Length);
        return wrong is [var first, ..]
            ? Fail($"{Tool}: {first.Mistake(best)}", best.ToString(), 1 - (double)wrong.Length / Arguments.Length)
            : Pass($"{Tool} is called{(Arguments.IsEmpty ? "" : " with the expected arguments")}", best.ToString());
    }
}

/// <summary>What an argument of a call must be.</summary>
/// <param name="Name">The argument's name.</param>
/// <param name="Accepted">The values it may have, at least one.</param>
/// <param name="IsOptional">Whether the call may leave it out.</param>
public sealed record ExpectedArgument(string Name, ImmutableArray<JsonElement> Accepted, bool IsOptional)
{
    internal bool Fits(ToolCall call) => Find(call) is { } found ? Accepted.Any(value => JsonValues.Same(value, found)) : IsOptional;

    internal string Mistake(ToolCall call) => (Find(call) is { } found ? $"\"{Name}\" is {JsonValues.Show(found)}" : $"\"{Name}\" is missing") + $", expected {string.Join(" or ", Accepted.Select(JsonValues.Show))}";

    private JsonElement? Find(ToolCall call) => call.Arguments is { ValueKind: JsonValueKind.Object } arguments && arguments.TryGetProperty(Name, out var found) ? found : null;
}
