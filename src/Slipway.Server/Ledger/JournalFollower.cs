using Slipway.Core.Journal;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>Keeps this process up to date with what others append to its journal.</summary>
internal sealed partial class JournalFollower(Ledger ledger, IJournal journal, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<JournalFollower> log) : BackgroundService
{
    /// <summary>How long a change of another process stays unseen at most where nothing tells of it.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private volatile bool gaveUp;
    private bool away, deaf;

    /// <summary>Whether it stopped the server because the journal cannot be believed any more.</summary>
    public bool GaveUp => gaveUp;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                Look();
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            // What cannot be believed must not be passed over: from here on every answer would be a guess.
            LogStop(exception.Message);
            gaveUp = true;
            lifetime.StopApplication();
        }
    }

    private void Look()
    {
        try
        {
            ledger.CatchUp();
            if (away) LogBack(journal.Name);
            away = false;
        }
        catch (StorageUnavailableException exception)
        {
            if (!away) LogAway(exception.Message);
            away = true;
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        try
        {
            await journal.WaitForOthersAsync(Poll, stoppingToken);
            if (deaf) LogListening(journal.Name);
            deaf = false;
        }
        catch (StorageUnavailableException exception)
        {
            if (!deaf) LogDeaf(exception.Message);
            deaf = true;
            await Task.Delay(Poll, clock, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Until it is back, reads are answered from memory and commands are refused")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal {Name} is back")]
    private partial void LogBack(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} It is tried again; until then other servers' changes are looked for by polling")]
    private partial void LogDeaf(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of {Name} are listened for again")]
    private partial void LogListening(string name);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Reason} The server stops")]
    private partial void LogStop(string reason);
}
