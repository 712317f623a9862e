namespace Slipway.Core.Rendering;

/// <summary>A top-level name a template uses: of <c>{{customer.tier}}</c> it is <c>customer</c>.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Line">Line of the first use, counted as in <see cref="TemplateError"/>.</param>
/// <param name="Column">Column of the first use, counted as in <see cref="TemplateError"/>.</param>
/// <param name="Uses">Every way in which the template uses it.</param>
/// <param name="OnlyInSections">True where every use stands inside a <c>{{#section}}</c>: the name may then be a property of that
/// section's items instead of a variable, and only a schema can tell. False means that it must be a variable.</param>
public sealed record TemplateVariable(string Name, int Line, int Column, VariableUses Uses, bool OnlyInSections);

/// <summary>The ways in which a template can use a name.</summary>
[Flags]
public enum VariableUses
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary><c>{{name}}</c>: its text is inserted; text, a number or a boolean is needed.</summary>
    Value = 1,

    /// <summary><c>{{#name}}</c>: repeated over a list, or written where the value counts as true.</summary>
    Section = 2,

    /// <summary><c>{{^name}}</c>: written where the value counts as false.</summary>
    Inverted = 4,

    /// <summary><c>{{name.part}}</c>, with or without <c>#</c> or <c>^</c>: an object is needed.</summary>
    Parts = 8,
}
