namespace Slipway.Client;

/// <summary>How an instance follows its server.</summary>
public enum Following
{
    /// <summary>Nothing was tried yet.</summary>
    NotYet,
    /// <summary>By its event stream.</summary>
    Streaming,
    /// <summary>By asking every few seconds, because no stream comes through.</summary>
    Polling,
    /// <summary>Not at all: the server is down, cannot be reached, refuses the key or says what cannot be read. It is tried again and again.</summary>
    CutOff,
}
