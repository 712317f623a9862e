using System.Collections.Concurrent;
using System.Text;

[assembly: AssemblyFixture(typeof(Slipway.Server.Tests.CapturedLog))]

namespace Slipway.Server.Tests;

/// <summary>Keeps what servers write to standard error, which is where they log.</summary>
public sealed class CapturedLog : IDisposable
{
    private readonly TextWriter original = Console.Error;
    private readonly Copy copy;

    public CapturedLog()
    {
        copy = new Copy(original);
        Console.SetError(TextWriter.Synchronized(copy));
    }

    /// <summary>Everything so far.</summary>
    public string Text => string.Concat(copy.Written);

    /// <inheritdoc/>
    public void Dispose() => Console.SetError(original);

    private sealed class Copy(TextWriter original) : TextWriter
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public override Encoding Encoding => original.Encoding;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value)
        {
            Written.Enqueue(value ?? "");
            // A log of every step is for the test that asked for it, not for the terminal.
            if (value is not null && !value.StartsWith("trce", StringComparison.Ordinal) && !value.StartsWith("dbug", StringComparison.Ordinal) && !value.StartsWith("info", StringComparison.Ordinal)) original.Write(value);
        }
    }
}
