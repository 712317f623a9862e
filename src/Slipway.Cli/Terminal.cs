using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Slipway.Cli;

/// <summary>Where a command speaks: results to standard output, errors to standard error; colours and tables on a terminal, plain text in a pipe.</summary>
internal sealed class Terminal
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);
    private readonly IAnsiConsole console;
    private readonly TextWriter output, errors;
    private readonly TextReader? input;

    /// <param name="output">Results go here.</param>
    /// <param name="errors">Errors go here.</param>
    /// <param name="interactive">Whether a person watches the output as it comes.</param>
    /// <param name="input">Where that person answers; null where nobody does.</param>
    public Terminal(TextWriter output, TextWriter errors, bool interactive, TextReader? input = null)
    {
        (this.output, this.errors, Interactive, this.input) = (output, errors, interactive, input);
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
        });
    }

    /// <summary>The process's own streams.</summary>
    public static Terminal Standard() => new(Console.Out, Console.Error, interactive: !Console.IsOutputRedirected, Console.IsInputRedirected ? null : Console.In);

    /// <summary>Whether a person watches.</summary>
    public bool Interactive { get; }

    /// <summary>Whether somebody is there to be asked.</summary>
    public bool CanAsk => Interactive && input is not null;

    /// <summary>Asks who watches for a line.</summary>
    /// <param name="question">As it is shown, in front of what is typed.</param>
    /// <returns>Null where nothing is typed any more.</returns>
    /// <exception cref="OutputException">The question cannot be written.</exception>
    public string? Ask(string question)
    {
        try
        {
            output.Write(question);
            output.Flush();
        }
        catch (IOException exception)
        {
            throw new OutputException(exception);
        }
        return input?.ReadLine();
    }

    /// <summary>A line of plain text.</summary>
    /// <exception cref="OutputException">It cannot be written.</exception>
    public void Line(string text = "")
    {
        try
        {
            output.WriteLine(text);
        }
        catch (IOException exception)
        {
            throw new OutputException(exception);
        }
    }

    /// <summary>A line that stands out on a terminal.</summary>
    public void Heading(string text)
    {
        if (Interactive) console.MarkupLine($"[bold]{Markup.Escape(text)}[/]");
        else Line(text);
    }

    /// <summary>A line in the colour of what it says.</summary>
    public void Verdict(string text, bool good)
    {
        if (Interactive) console.MarkupLine($"[{(good ? "green" : "red")}]{Markup.Escape(text)}[/]");
        else Line(text);
    }

    /// <summary>Rows under their headings in aligned columns; on a terminal that is too narrow, a table whose cells wrap.</summary>
    public void Table(IReadOnlyList<string> headings, IReadOnlyCollection<IReadOnlyList<string>> rows)
    {
        var widths = headings.Select((heading, column) => rows.Select(row => row[column].Length).Append(heading.Length).Max()).ToList();
        if (Interactive && widths.Sum() + 2 * (widths.Count - 1) > console.Profile.Width)
        {
            var table = new Table { Border = TableBorder.Simple };
            foreach (var heading in headings) table.AddColumn(new TableColumn(Markup.Escape(heading)));
            foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
            console.Write(table);
            return;
        }
        Heading(Aligned(headings, widths));
        foreach (var row in rows) Line(Aligned(row, widths));
    }

    private static string Aligned(IReadOnlyList<string> row, List<int> widths) =>
        string.Join("  ", row.Select((cell, column) => column == row.Count - 1 ? cell : cell.PadRight(widths[column]))).TrimEnd();

    /// <summary>A document as indented JSON, for programs.</summary>
    public void Json<T>(T document, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable)) JsonSerializer.Serialize(writer, document, type);
        Line(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    /// <summary>Something worth knowing that is no part of the result.</summary>
    public void Remark(string text) => errors.WriteLine(text);

    /// <summary>What went wrong, as one line, and what to do about it where that is known.</summary>
    public void Error(string message, string? hint = null)
    {
        errors.WriteLine($"slipway: {message}");
        if (hint is not null) errors.WriteLine($"  {hint}");
    }

    /// <summary>Runs something that takes a while, with its state on one line that is overwritten; in a pipe nothing of it is shown.</summary>
    public Task<T> WatchAsync<T>(string title, Func<Action<string>, Task<T>> work) => Interactive
        ? console.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(title), context => work(state => context.Status(Markup.Escape($"{title}  {state}"))))
        : work(_ => { });

    /// <summary>Runs something that can say how far it is: with a bar on a terminal, with a line on standard error every now and then in a pipe.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="work">Is given what it tells its share, 0 to 1, and its state.</param>
    public async Task<T> ProgressAsync<T>(string title, Func<Action<double, string>, Task<T>> work)
    {
        if (Interactive)
        {
            return await console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn()).StartAsync(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                return work((share, state) => (task.Value, task.Description) = (share, Markup.Escape($"{title}  {state}")));
            });
        }
        var told = System.Diagnostics.Stopwatch.GetTimestamp();
        return await work((share, state) =>
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(told) < BetweenLines) return;
            told = System.Diagnostics.Stopwatch.GetTimestamp();
            Remark(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{title}  {share * 100:0}%  {state}"));
        });
    }
}
