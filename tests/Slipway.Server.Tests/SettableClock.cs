namespace Slipway.Server.Tests;

/// <summary>A clock that stands until a test moves it.</summary>
public sealed class SettableClock : TimeProvider
{
    private long ticks = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero).Ticks;

    /// <summary>The time; UTC.</summary>
    public DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref ticks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref ticks, value.UtcTicks);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
