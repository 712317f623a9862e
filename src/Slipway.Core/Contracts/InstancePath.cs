namespace Slipway.Core.Contracts;

/// <summary>Where in the answer an evaluation stands.</summary>
internal sealed class InstancePath
{
    private readonly List<(string? Name, int Index)> steps = [];

    public void Enter(string name) => steps.Add((name, 0));

    public void Enter(int index) => steps.Add((null, index));

    public void Leave() => steps.RemoveAt(steps.Count - 1);

    /// <summary>The place as a JSON pointer.</summary>
    public string Pointer => steps.Aggregate("", (pointer, step) =>
        step.Name is { } name ? JsonPointer.Append(pointer, name) : JsonPointer.Append(pointer, step.Index));

    /// <summary>The place as a sentence begins with it: <c>"customer.tier"</c>, <c>"items[2]"</c>, or <c>The answer</c>.</summary>
    public string InWords => steps.Count == 0 ? "The answer" : $"\"{Dotted}\"";

    /// <summary>A member of this place, as a sentence begins with it.</summary>
    public string Member(string name) => Dotted is { Length: > 0 } place ? $"\"{place}.{name}\"" : $"\"{name}\"";

    private string Dotted => steps.Aggregate("", (place, step) =>
        step.Name is { } name ? place.Length == 0 ? name : $"{place}.{name}" : $"{place}[{step.Index}]");
}
