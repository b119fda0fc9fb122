-- :PlimsollConvert, :PlimsollApply, :PlimsollDiscard: the conversion is shown as a diff before any file is touched.

local server = require('plimsoll.client')

local M = {}

---@class plimsoll.File
---@field uri string
---@field path string
---@field before string? none where the file is made
---@field after string

---@class plimsoll.Preview
---@field bufnr integer the buffer that shows it
---@field client vim.lsp.Client
---@field answer table
---@field files plimsoll.File[]

---@type plimsoll.Preview?
local preview

---What a file holds: the text on the screen where it is open, else on disk.
---@param path string
---@return string? text
---@return integer? bufnr where it is open
local function text_of(path)
  local bufnr = vim.fn.bufnr('^' .. vim.fn.fnameescape(path) .. '$')
  if bufnr ~= -1 and vim.api.nvim_buf_is_loaded(bufnr) then
    return table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n') .. '\n', bufnr
  end
  local file = io.open(path, 'rb')
  if not file then
    return
  end
  local text = file:read('*a'):gsub('\r\n', '\n')
  file:close()
  return text
end

---@param before string
---@param edits lsp.TextEdit[]
---@param encoding string
---@return string
local function edited(before, edits, encoding)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split((before:gsub('\n$', '')), '\n'))
  vim.lsp.util.apply_text_edits(vim.deepcopy(edits), bufnr, encoding)
  local after = table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n'):gsub('\n*$', '') .. '\n'
  vim.api.nvim_buf_delete(bufnr, { force = true })
  return after
end

---@param edit lsp.WorkspaceEdit
---@param encoding string
---@return plimsoll.File[]
local function files_of(edit, encoding)
  local edits, order = {}, {}
  for _, change in ipairs(edit.documentChanges) do
    local uri = change.uri or change.textDocument.uri
    if not edits[uri] then
      edits[uri] = {}
      table.insert(order, uri)
    end
    vim.list_extend(edits[uri], change.edits or {})
  end
  local files = {}
  for _, uri in ipairs(order) do
    local path = vim.uri_to_fname(uri)
    local before = text_of(path)
    local after = edited(before or '', edits[uri], encoding)
    -- The files that are there first: among them is what was asked for.
    local file = { uri = uri, path = path, before = before, after = after }
    table.insert(files, before and #vim.tbl_filter(function(other)
      return other.before ~= nil
    end, files) + 1 or #files + 1, file)
  end
  return files
end

---The page that shows a conversion.
---@param answer table
---@param files plimsoll.File[]
---@return string[]
local function page(answer, files)
  local lines = { answer.title .. (' (%d %s)'):format(#files, #files == 1 and 'file' or 'files') }
  local before, after = answer.estimate.before, answer.estimate.after
  if before and after then
    table.insert(lines, ('The image: %s before, %s after.'):format(before.shown, after.shown))
  end
  table.insert(lines, 'Nothing is changed yet. :write or :PlimsollApply makes it, :PlimsollDiscard or q leaves it.')
  for _, note in ipairs(answer.notes) do
    local place = note.line and ('%s:%d: '):format(server.name_of(note.uri), note.line) or ''
    table.insert(lines, (note.severity == 'warning' and 'Warning: ' or 'Note: ') .. place .. note.message)
  end
  for _, file in ipairs(files) do
    local name = server.name_of(file.uri)
    vim.list_extend(lines, { '', '--- ' .. (file.before and name or '/dev/null'), '+++ ' .. name })
    local diff = (vim.text.diff or vim.diff)(file.before or '', file.after, { ctxlen = 3 }) --[[@as string]]
    vim.list_extend(lines, vim.split((diff:gsub('\n$', '')), '\n'))
  end
  return lines
end

---@param client vim.lsp.Client
---@param answer table
local function present(client, answer)
  M.discard()
  local files = files_of(answer.edit, client.offset_encoding)
  local bufnr = server.scratch('plimsoll://convert', 'diff')
  server.fill(bufnr, page(answer, files))
  -- So that :write makes it.
  vim.bo[bufnr].buftype = 'acwrite'
  preview = { bufnr = bufnr, client = client, answer = answer, files = files }
  -- Nested, so that other servers and plugins hear of the files that it saves.
  vim.api.nvim_create_autocmd('BufWriteCmd', { buffer = bufnr, nested = true, callback = M.apply })
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = bufnr,
    callback = function()
      preview = nil
    end,
  })
  vim.keymap.set('n', 'q', M.discard, { buffer = bufnr, desc = 'Leave the conversion' })
  vim.cmd('tab sbuffer ' .. bufnr)
end

---Asks the questions that the conversion hangs on, one after the other.
---@param client vim.lsp.Client
---@param bufnr integer
---@param answers table<string, string>
local function ask(client, bufnr, answers)
  server.run(client, bufnr, 'plimsoll.convert', next(answers) and answers or vim.NIL, function(answer)
    local question = answer.outcome == 'question' and answer.questions[1]
    if question then
      vim.ui.select(question.choices, {
        prompt = question.message,
        format_item = function(choice)
          for index, each in ipairs(question.choices) do
            if each == choice then
              local likely = choice == question.default and ' (likely)' or ''
              return (question.titles[index] or choice) .. likely
            end
          end
        end,
      }, function(choice)
        if choice then
          ask(client, bufnr, vim.tbl_extend('force', answers, { [question.key] = choice }))
        end
      end)
    elseif answer.outcome == 'converted' then
      present(client, answer)
    else
      local reason = answer.reason or { message = 'the file cannot be converted' }
      local place = reason.line and (' (line %d)'):format(reason.line) or ''
      server.tell('not converted: ' .. reason.message .. place, vim.log.levels.WARN)
    end
  end)
end

---Shows how the Dockerfile is converted.
function M.show()
  local bufnr, client = server.current()
  if bufnr and client then
    ask(client, bufnr, {})
  end
end

---Makes the conversion that is shown. Files that had nothing unsaved are saved.
function M.apply()
  local made = preview
  if not made then
    server.tell('no conversion is shown; :PlimsollConvert shows one', vim.log.levels.WARN)
    return
  end
  local unsaved = {}
  for _, file in ipairs(made.files) do
    local now, bufnr = text_of(file.path)
    if now ~= file.before then
      local name = server.name_of(file.uri)
      server.tell(name .. ' has changed since the preview; convert again', vim.log.levels.WARN)
      return
    end
    unsaved[file.uri] = bufnr ~= nil and vim.bo[bufnr].modified
  end
  -- Left first: a change while the preview is open would be shown as one that is still to come.
  M.discard()
  vim.lsp.util.apply_workspace_edit(made.answer.edit, made.client.offset_encoding)
  for _, file in ipairs(made.files) do
    if not unsaved[file.uri] then
      vim.api.nvim_buf_call(vim.uri_to_bufnr(file.uri), function()
        vim.cmd('silent write')
      end)
    end
  end
  local names = vim.tbl_map(function(file)
    return server.name_of(file.uri)
  end, made.files)
  server.tell('converted: ' .. table.concat(names, ', '))
end

---Leaves the conversion that is shown.
function M.discard()
  local shown = preview
  preview = nil
  if shown and vim.api.nvim_buf_is_valid(shown.bufnr) then
    vim.api.nvim_buf_delete(shown.bufnr, { force = true })
  end
end

return M
