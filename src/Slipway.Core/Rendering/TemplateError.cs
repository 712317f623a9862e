namespace Slipway.Core.Rendering;

/// <summary>One thing that is wrong with a template, or with the variables it was given.</summary>
/// <param name="Line">Line in <see cref="Template.Text"/>, from 1. For a fault inside a partial: that of the tag that includes it.</param>
/// <param name="Column">Column in that line, from 1, counted in UTF-16 code units as editors do.</param>
/// <param name="Message">A whole sentence that names the tag and its position, e.g.
/// <c>{{customer_tier}} at line 3, column 12 has no value.</c> Inside a partial the sentence says which, and where in it.</param>
public sealed record TemplateError(int Line, int Column, string Message);
