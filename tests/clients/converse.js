// node converse.js URL FOLDER: holds every conversation of FOLDER with Rasa's REST channel at URL, and prints how each went, one JSON a line.
const { tmpdir } = require('os')
const { BotDriver } = require('botium-core')

const [url, folder] = process.argv.slice(2)

async function main () {
  const driver = new BotDriver().setCapabilities({
    PROJECTNAME: 'spinebot',
    CONTAINERMODE: 'simplerest',
    SIMPLEREST_URL: url,
    SIMPLEREST_METHOD: 'POST',
    SIMPLEREST_BODY_TEMPLATE: { sender: '{{botium.conversationId}}', message: '{{msg.messageText}}' },
    SIMPLEREST_RESPONSE_JSONPATH: '$[*].text',
    SIMPLEREST_BUTTONS_JSONPATH: '$[*].buttons[*].title',
    TEMPDIR: tmpdir(),
    WAITFORBOTTIMEOUT: 2000
  })
  const compiler = driver.BuildCompiler()
  compiler.ReadScriptsFromDirectory(folder)
  for (const convo of compiler.convos) {
    const container = await driver.Build()
    let fault = null
    try {
      await container.Start()
      await convo.Run(container)
    } catch (error) {
      fault = error.message
    } finally {
      await container.Stop()
      await container.Clean()
    }
    console.log(JSON.stringify({ name: convo.header.name, fault }))
  }
}

main().then(() => process.exit(0), error => { console.error(error); process.exit(1) })
